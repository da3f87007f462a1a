import { join } from 'node:path';
import { loadCertificate } from '../certificate.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/schema.js';
import { isEveryInterface, isLoopback, lanAddress, relayUrl } from '../http/address.js';
import type { Log } from '../log.js';
import { dialOwn } from '../mesh/client-own.js';
import type { Dial } from '../mesh/client-socket.js';
import type { Trust } from '../mesh/client-trust.js';
import { isLoopbackUrl } from '../mesh/connection.js';
import { type Pairing, pairingOf } from '../pairing.js';
import { EmbeddedRelay } from '../relay/relay.js';
import { loadOrCreateToken } from '../relay/token-file.js';

/** The relay that a bridge joins, and what phones need to join it too. */
export interface JoinedRelay {
  readonly url: string;
  readonly token: string | undefined;
  /** True: the relay lets anybody in, so commands over it could be anybody's. */
  readonly openRelay: boolean;
  /** Whom a secure connection is to, where not to anybody whom the system trusts. */
  readonly trust?: Trust | undefined;
  /** How to reach a relay of our own; over the network where absent. */
  readonly dial?: Dial | undefined;
  /** SHA-256 of our own relay's certificate, for people to compare. */
  readonly fingerprint?: string | undefined;
  /** What a phone needs to join. */
  readonly pairing: Pairing;
  stop(): Promise<void>;
}

/** Names the relay of the config, or starts the embedded one; a relay open to the network always gets a token. */
export async function joinRelay(
  config: Config,
  clock: Clock,
  log: Log,
  names: readonly string[],
): Promise<JoinedRelay> {
  const { relay, bridge } = config;
  if (relay.url !== undefined) {
    const openRelay = relay.token === undefined && !relay.credential && !relay.allowOpenRelay;
    const { url, token, channel, roomKey } = relay;
    const pairing = relay.credential ? ACCOUNT : pairingOf({ url: fromOutside(url), channel, token, roomKey });
    const trust = relay.ca === undefined ? undefined : { ca: relay.ca };
    return { url, token, openRelay, trust, pairing, stop: async () => {} };
  }
  const { host, port, tls: source } = relay.embedded;
  const { stateDir } = bridge;
  const tls = source && (await loadCertificate(source, { stateDir, names, clock, log }));
  const local = isLoopback(host);
  const token = relay.token ?? (local ? undefined : await loadOrCreateToken(join(stateDir, 'relay-token'), log));
  const embedded = new EmbeddedRelay({ host, port, token, tls, clock, log });
  const { url, port: bound } = await embedded.start();
  return {
    url,
    token,
    openRelay: false,
    dial: dialOwn(() => embedded.listening),
    ...(tls && { trust: { ca: tls.cert, fingerprint: tls.fingerprint }, fingerprint: tls.fingerprint }),
    pairing: local
      ? INNER
      : pairingOf({
          url: outsideUrl(host, bound, tls !== undefined),
          channel: relay.channel,
          token,
          roomKey: relay.roomKey,
        }),
    stop: () => embedded.stop(),
  };
}

const INNER: Pairing = {
  ok: false,
  message:
    'the relay listens on this machine only; with `relay: { embedded: { host: 0.0.0.0 } }` phones in the house reach it',
};

const ACCOUNT: Pairing = {
  ok: false,
  message: 'phones meet this bridge through their account; the token of a device is not for them',
};

function outsideUrl(host: string, port: number, secure: boolean): string {
  return relayUrl((isEveryInterface(host) ? lanAddress() : host) ?? host, port, secure);
}

/** An address that means this machine, as others write it. */
function fromOutside(address: string): string {
  const lan = lanAddress();
  if (!isLoopbackUrl(address) || lan === undefined) return address;
  const url = new URL(address);
  url.hostname = lan;
  return url.href.replace(/\/$/, '');
}
