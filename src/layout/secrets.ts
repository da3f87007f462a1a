import { isObject, type JsonObject } from '../mesh/frame.js';

/** Keys of connections and sources that let whoever has them in, in small letters and without signs. */
const SECRET_KEYS: ReadonlySet<string> = new Set(
  'refresh k key pass pwd pw cookie setcookie session sessionid sid jwt'.split(' '),
);
/** What the names of others hold: `client_secret`, `X-Auth-Token`, `roomKey`. */
const SECRET_WORDS =
  /token|secret|passw|passphrase|passcode|authorization|credential|(?:api|e2ee|room|access|private|shared|signing|subscription|auth|app)key/;

/** True for a key that holds what lets strangers in, however it is written. */
export function isSecretKey(key: string): boolean {
  const name = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  return SECRET_KEYS.has(name) || SECRET_WORDS.test(name);
}

/**
 * A layout without what lets strangers in: tokens, keys and passwords of its connection, its sources and whatever its controls
 * ask of others, at any depth; logins and keys in any address; the block of its secrets.
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
  if (typeof part === 'string') return ADDRESS.test(part) ? withoutKeys(part.replace(LOGIN, '$1')) : part;
  if (Array.isArray(part)) return part.map(shown);
  if (!isObject(part)) return part;
  return FOREIGN.has(part['method']) ? stripped(part) : mapped(part, shown);
}

function stripped(part: unknown): unknown {
  if (typeof part === 'string') return textWithoutSecrets(part);
  if (Array.isArray(part)) return isSecretPair(part) ? part.slice(0, 1) : part.map(stripped);
  if (!isObject(part)) return part;
  // A header may be written as a pair: `{ name: 'Authorization', value: … }`.
  const names = ['name', 'key', 'header', 'field'].map((key) => part[key]);
  const isPair = names.some((name) => typeof name === 'string' && isSecretKey(name));
  const kept = Object.entries(part).filter(([key]) => !isSecretKey(key) && !(isPair && key === 'value'));
  return mapped(Object.fromEntries(kept), stripped);
}

function isSecretPair(part: readonly unknown[]): boolean {
  const [name, value] = part;
  return part.length === 2 && typeof name === 'string' && typeof value === 'string' && isSecretKey(name);
}

const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;
/** User and password in an address, and what is before them. */
const LOGIN = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;
/** A name and its value in an address or a form. */
const FIELD = /(^|[?&#;])([^?&#;=\s]+)=[^?&#;\s]*/g;
/** The same in a body that is JSON. */
const MEMBER = /"([^"\\]+)"(\s*:\s*)"(?:[^"\\]|\\.)*"/g;
/** A header's way to say who asks. */
const CLAIM = /\b(bearer|basic)\s+[\w+/=.~-]{8,}/gi;

/** True for the text of a connection or a source that lets whoever has it in. */
export function holdsSecret(text: string): boolean {
  return textWithoutSecrets(text) !== text;
}

function textWithoutSecrets(text: string): string {
  const bare = withoutKeys(text.replace(LOGIN, '$1')).replace(CLAIM, '$1');
  return bare.replace(MEMBER, (all, name: string, colon: string) => (isSecretKey(name) ? `"${name}"${colon}""` : all));
}

/** An address or a form whose secret fields are empty. */
function withoutKeys(text: string): string {
  return text.replace(FIELD, (all, before: string, name: string) =>
    isSecretKey(decoded(name)) ? `${before}${name}=` : all,
  );
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function mapped(entries: JsonObject, change: (entry: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, change(entry)]));
}
