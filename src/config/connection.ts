import { dirname, resolve } from 'node:path';
import type { CertificateSource } from '../certificate.js';
import { BridgeError, isBridgeError } from '../error.js';
import { type Artifact, readArtifact, secretsOf } from '../mesh/artifact.js';
import { printable } from '../text.js';
import { BESIDE, readConfigFile } from './config-file.js';
import { readJson } from './json-source.js';
import type { Finding } from './problems.js';
import { isRoomKey, type ParsedRelay, type RelayConfig } from './relay-schema.js';
import { certificateIn } from './tls-check.js';

/** The relay that a config means, once its `connection` is read. */
export interface ResolvedRelay {
  readonly relay: RelayConfig;
  readonly problem?: Finding;
  /** Texts of the connection that no log may show. */
  readonly secrets: readonly string[];
  /** True where the connection is in a file that others than its owner can read. */
  readonly shared: boolean;
}

/** Nobody can dial it; it stands where an address could not be read. */
const NOWHERE = 'ws://127.0.0.1:9';

const UNENCRYPTED: Finding = {
  path: ['relay', 'ca'],
  at: 'value',
  message: 'has no effect without encryption',
  hint: 'write the address as wss://',
};

/** Reads the connection that a `relay` section names, where it names one; keys `given` beside it win over it. */
export function resolveRelay(parsed: ParsedRelay, given: ReadonlySet<string>, config: string): ResolvedRelay {
  const { connection, ...relay } = parsed;
  const { rest, problem } = withFiles(relay, config);
  if (problem) return { relay: { ...rest, url: NOWHERE } as RelayConfig, problem, secrets: [], shared: false };
  if (connection === undefined) return { relay: rest as RelayConfig, secrets: [], shared: false };
  try {
    const { content, shared } = contentOf(connection, config);
    const artifact = readArtifact(content);
    if (artifact.roomKey !== undefined && !isRoomKey(artifact.roomKey)) {
      throw new BridgeError('relay/artifact', 'its room key is not standard base64 of 32 bytes');
    }
    if (parsed.ca !== undefined && !isSecure(artifact.url)) {
      return { relay: { ...rest, url: NOWHERE } as RelayConfig, problem: UNENCRYPTED, secrets: [], shared };
    }
    return { relay: merged(rest, artifact, given), secrets: secretsOf(artifact), shared };
  } catch (error) {
    if (!isBridgeError(error)) throw error;
    const problem = unreadable('connection', error);
    return { relay: { ...rest, url: NOWHERE } as RelayConfig, problem, secrets: [], shared: false };
  }
}

/** The files that a section names, from where the config is; of the authorities' file its content. */
function withFiles(relay: Omit<ParsedRelay, 'connection'>, config: string) {
  const { embedded, ca, ...others } = relay;
  const tls = embedded?.tls && besideConfig(embedded.tls, config);
  const rest = { ...others, ...(embedded && { embedded: { ...embedded, ...(tls && { tls }) } }) };
  if (ca === undefined) return { rest };
  const wrong = (message: string, hint: string) => {
    return { rest, problem: { path: ['relay', 'ca'], at: 'value' as const, message, hint } };
  };
  if (embedded) return wrong('is for a relay elsewhere', 'for the one inside use `embedded.tls`');
  if (relay.url !== undefined && !isSecure(relay.url)) return { rest, problem: UNENCRYPTED };
  try {
    return { rest: { ...rest, ca: certificateIn(resolve(dirname(config), ca)) } };
  } catch (error) {
    if (!isBridgeError(error)) throw error;
    return { rest, problem: unreadable('ca', error) };
  }
}

function unreadable(key: string, { message, hint }: BridgeError): Finding {
  return { path: ['relay', key], at: 'value', message: printable(message), hint };
}

function isSecure(address: string): boolean {
  return /^wss:/i.test(address);
}

/** A certificate's files, named from where the config is. */
export function besideConfig(source: CertificateSource, config: string): CertificateSource {
  if (source === true) return true;
  const folder = dirname(config);
  return { cert: resolve(folder, source.cert), key: resolve(folder, source.key) };
}

function merged(rest: Omit<ParsedRelay, 'connection'>, artifact: Artifact, given: ReadonlySet<string>): RelayConfig {
  const { url, channel, token, roomKey, credential } = artifact;
  return {
    url,
    channel: given.has('channel') ? rest.channel : (channel ?? rest.channel),
    token: rest.token ?? token,
    roomKey: rest.roomKey ?? roomKey,
    unstamped: rest.unstamped,
    allowOpenRelay: rest.allowOpenRelay,
    ca: rest.ca,
    ...(credential === undefined ? {} : { credential }),
  };
}

/** An address and a mapping are there themselves; a text in braces is JSON, any other the name of a file with it. */
function contentOf(connection: unknown, config: string): { content: unknown; shared: boolean } {
  if (typeof connection !== 'string' || /^wss?:/i.test(connection.trim()))
    return { content: connection, shared: false };
  if (connection.trim().startsWith('{')) return { content: parsed(connection, 'this text'), shared: false };
  const { text, shared } = readConfigFile(resolve(dirname(config), connection), BESIDE);
  return { content: parsed(text, 'the file'), shared };
}

function parsed(text: string, what: string): unknown {
  const source = readJson(text);
  if (!('problem' in source)) return source.value;
  const { line, column, message } = source.problem;
  throw new BridgeError('relay/artifact', `${what} is no JSON: ${message} (line ${line}, column ${column})`);
}
