import { isObject, type JsonObject } from '../mesh/frame.js';

/** Keys of connections and sources that let whoever has them in, in small letters and without signs. */
const SECRET_KEYS: ReadonlySet<string> = new Set(
  'token authtoken accesstoken refresh refreshtoken e2eekey k key apikey xapikey password pass secret authorization cookie'.split(
    ' ',
  ),
);

/** True for a key that holds what lets strangers in, however it is written. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEYS.has(key.toLowerCase().replace(/[^a-z0-9]/g, ''));
}

/**
 * A layout without what lets strangers in: tokens, keys and passwords of its connection, its sources and whatever its controls
 * ask of others, at any depth; logins in any address; the block of its secrets.
 */
export function withoutSecrets({ secrets: _, ...layout }: JsonObject): JsonObject {
  const { connection, sources } = layout;
  return {
    ...mapped(layout, shown),
    ...(connection === undefined ? {} : { connection: stripped(connection) }),
    // A source may be called like a secret.
    ...(isObject(sources) ? { sources: mapped(sources, stripped) } : {}),
  };
}

/** Ways in which an app asks others itself; only there does a word like `key` mean a secret. */
const FOREIGN: ReadonlySet<unknown> = new Set(['http', 'mqtt']);

function shown(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(shown);
  if (!isObject(part)) return stripped(part);
  return FOREIGN.has(part['method']) ? stripped(part) : mapped(part, shown);
}

function stripped(part: unknown): unknown {
  if (typeof part === 'string') return hasLogin(part) ? part.replace(LOGIN, '$1') : part;
  if (Array.isArray(part)) return part.map(stripped);
  if (!isObject(part)) return part;
  const kept = Object.entries(part).filter(([key]) => !isSecretKey(key));
  return mapped(Object.fromEntries(kept), stripped);
}

/** User and password in an address, and what is before them. */
const LOGIN = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;

/** True for an address with a user or a password in it. */
export function hasLogin(address: string): boolean {
  return LOGIN.test(address);
}

function mapped(entries: JsonObject, change: (entry: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, change(entry)]));
}
