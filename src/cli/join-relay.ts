import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { Config } from '../config/schema.js';
import type { Log } from '../log.js';
import { isEveryInterface, isLoopback, lanAddress, relayUrl } from '../relay/address.js';
import { EmbeddedRelay } from '../relay/relay.js';
import { loadOrCreateToken } from '../relay/token-file.js';

/** The relay that a bridge joins, and what phones need to join it too. */
export interface JoinedRelay {
  readonly url: string;
  readonly token: string | undefined;
  /** True: the relay lets anybody in, so commands over it could be anybody's. */
  readonly openRelay: boolean;
  /** The address that other machines use; undefined where only this machine can reach it. */
  readonly lanUrl: string | undefined;
  stop(): Promise<void>;
}

/** Names the relay of the config, or starts the embedded one; a relay open to the network always gets a token. */
export async function joinRelay(config: Config, clock: Clock, log: Log): Promise<JoinedRelay> {
  const { relay, bridge } = config;
  if (relay.url !== undefined) {
    const openRelay = relay.token === undefined && !relay.allowOpenRelay;
    return { url: relay.url, token: relay.token, openRelay, lanUrl: relay.url, stop: async () => {} };
  }
  const { host, port } = relay.embedded;
  const local = isLoopback(host);
  const token = relay.token ?? (local ? undefined : await loadOrCreateToken(join(bridge.stateDir, 'relay-token'), log));
  const embedded = new EmbeddedRelay({ host, port, token, clock, log });
  const { url, port: bound } = await embedded.start();
  return {
    url,
    token,
    openRelay: false,
    lanUrl: local ? undefined : relayUrl((isEveryInterface(host) ? lanAddress() : host) ?? host, bound),
    stop: () => embedded.stop(),
  };
}
