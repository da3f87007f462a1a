import { X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import type { CertificateSource } from '../certificate.js';
import { BridgeError, isBridgeError } from '../error.js';
import { printable } from '../text.js';
import { BESIDE, readConfigFile } from './config-file.js';
import type { Finding } from './problems.js';
import type { Config } from './schema.js';

const PEM = 'a PEM file is wanted: `-----BEGIN CERTIFICATE-----`';

/** The text of a PEM file with a certificate. Throws `config/missing`, `config/unreadable` or `relay/ca`. */
export function certificateIn(path: string): string {
  const { text } = readConfigFile(path, BESIDE);
  try {
    new X509Certificate(text);
  } catch (cause) {
    throw new BridgeError('relay/ca', 'there is no certificate in this file', { hint: PEM, cause });
  }
  return text;
}

/** Files of servers' certificates that can't be used as they are now: warnings, as what renews one may be about to write it. */
export function checkCertificates({ panel, relay }: Config): Finding[] {
  return [
    ...problemsOf(panel?.tls, ['panel', 'tls']),
    ...problemsOf(relay.embedded?.tls, ['relay', 'embedded', 'tls']),
  ];
}

function problemsOf(source: CertificateSource | undefined, section: readonly string[]): Finding[] {
  if (source === undefined || source === true) return [];
  const at = (key: string, message: string, hint?: string): Finding => {
    return { path: [...section, key], at: 'value', message: printable(message), hint };
  };
  const found: Finding[] = [];
  try {
    certificateIn(source.cert);
  } catch (error) {
    found.push(isBridgeError(error) ? at('cert', error.message, error.hint) : at('cert', 'this file is no text', PEM));
  }
  // The key itself is for the eyes of the server that uses it.
  const key = statsOf(source.key);
  if (key === undefined) found.push(at('key', `there is no file ${source.key}`, BESIDE));
  else if (key?.isDirectory()) found.push(at('key', `${source.key} is a folder`, BESIDE));
  // Others than its owner and group: some systems have a group for keys.
  else if (((key?.mode ?? 0) & 0o004) !== 0)
    found.push(at('key', 'others on this machine can read this key', 'run `chmod o-r` on it'));
  return found;
}

/** Undefined for what is not there; null where this user may not even look, as the one who runs the bridge may. */
function statsOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return null;
  }
}
