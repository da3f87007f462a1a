import type { ConnectionOptions } from 'node:tls';
import type { ClientOptions } from 'ws';
import { BridgeError } from '../error.js';

/** Whom a secure connection is to, where not to anybody whom the system trusts. */
export interface Trust {
  /** Certificate authorities as PEM, and no others. */
  readonly ca: string;
  /** The one certificate, by its SHA-256 in pairs of hex digits, whatever name it is for: that of our own relay. */
  readonly fingerprint?: string;
}

/** As Node's TLS takes it, to which the socket hands it; the types of the socket know an older form. */
export function tlsOptions({ ca, fingerprint }: Trust): ClientOptions {
  if (fingerprint === undefined) return { ca };
  const checkServerIdentity: ConnectionOptions['checkServerIdentity'] = (_host, { fingerprint256 }) => {
    return fingerprint256 === fingerprint ? undefined : notOurs();
  };
  // The certificate itself is trusted, whoever signed it.
  const options: ConnectionOptions = { ca, checkServerIdentity, allowPartialTrustChain: true };
  return options as unknown as ClientOptions;
}

function notOurs(): BridgeError {
  const hint = 'what else answers at its address?';
  return new BridgeError('mesh/tls-own', 'this is not the certificate of our own relay', { hint });
}
