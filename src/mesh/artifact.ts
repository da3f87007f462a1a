import { BridgeError } from '../error.js';
import { parseRelayUrl } from './connection.js';
import { isObject, type JsonObject } from './frame.js';

/** What lets a bridge fetch new tokens from the account's service. */
export interface Credential {
  readonly deviceId: string;
  /** Secret, and lasting. */
  readonly refresh: string;
  /** https address of the service. */
  readonly validator: string;
}

/** What is known of a relay from something that a user holds. */
export interface Artifact {
  readonly kind: 'url' | 'layout' | 'credential' | 'pairing';
  readonly url: string;
  readonly channel?: string;
  readonly token?: string;
  /** Base64 of 32 bytes. */
  readonly roomKey?: string;
  readonly credential?: Credential;
}

/**
 * Reads anything that tells where a relay is: an address, a layout or its `connection` block, pairing data, or the
 * credential of a device that was added to an account. Throws `relay/artifact`.
 */
export function readArtifact(given: unknown): Artifact {
  if (typeof given === 'string') return { kind: 'url', url: address(given) };
  if (!isObject(given)) throw wrong('neither an address nor a JSON object');
  if (Array.isArray(given['tabs'])) {
    if (!isObject(given['connection'])) throw wrong('a layout without a `connection`');
    return layoutBlock(given['connection']);
  }
  if (isObject(given['identity'])) return layoutBlock(given);
  if (given['did'] !== undefined || given['refresh'] !== undefined) return credential(given);
  if (given['url'] !== undefined) return { kind: 'pairing', ...common(given) };
  throw wrong('it names no relay: expected a `url`, or a layout’s `connection`');
}

/** All of it that no log may show. */
export function secretsOf({ url, token, roomKey, credential: held }: Artifact): string[] {
  const password = new URL(url).password;
  return [token, roomKey, held?.refresh, password || undefined].filter((secret) => secret !== undefined);
}

/** The role and the name in it are the app's own, and no business of a bridge. */
function layoutBlock(block: JsonObject): Artifact {
  const identity = isObject(block['identity']) ? block['identity'] : {};
  if (block['url'] === undefined) {
    const hint = 'add the bridge to the account as a device, and use the credential that this gives';
    throw wrong('a connection of an account, without an address', hint);
  }
  return { kind: 'layout', ...common({ channel: identity['channel'], ...block }) };
}

function credential(given: JsonObject): Artifact {
  const { did, refresh, validator } = given;
  if (typeof did !== 'string' || typeof refresh !== 'string') {
    throw wrong('a device credential has both `did` and `refresh`');
  }
  if (typeof validator !== 'string') {
    throw wrong('a device credential without `validator`', 'add the https address of the service that gives tokens');
  }
  if (!isSafe(validator)) throw wrong('`validator` is not an https address');
  return { kind: 'credential', ...common(given), credential: { deviceId: did, refresh, validator } };
}

function common({ url, channel, token, k, e2eeKey }: JsonObject): Omit<Artifact, 'kind'> {
  const key = text(k ?? e2eeKey, 'k');
  const known = { channel: text(channel, 'channel'), token: text(token, 'token') };
  return {
    url: address(text(url, 'url') ?? ''),
    ...(known.channel === undefined ? {} : { channel: known.channel }),
    ...(known.token === undefined ? {} : { token: known.token }),
    ...(key === undefined ? {} : { roomKey: key }),
  };
}

function address(given: string): string {
  try {
    return parseRelayUrl(given).url.replace(/\/$/, '');
  } catch (cause) {
    const hint = 'write it as ws://HOST:PORT or wss://HOST';
    throw new BridgeError('relay/artifact', 'its address is not that of a relay', { hint, cause });
  }
}

/** Tokens of an account cross the internet sealed only; this machine is another matter. */
function isSafe(validator: string): boolean {
  if (!URL.canParse(validator)) return false;
  const { protocol, hostname } = new URL(validator);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}

function text(value: unknown, key: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw wrong(`\`${key}\` is no text`);
  return value;
}

function wrong(message: string, hint?: string): BridgeError {
  return new BridgeError('relay/artifact', message, hint === undefined ? {} : { hint });
}
