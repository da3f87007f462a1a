import type { Clock } from '../../src/clock.js';
import type { RelayLimits } from '../../src/relay/limits.js';
import { EmbeddedRelay } from '../../src/relay/relay.js';
import type { Network } from './network.js';

/** What can be done to a relay and to the network before it. */
export interface RelayControl {
  /** It dies: every connection is reset, nobody listens. */
  kill(): void;
  /** It listens again. With `token`, it wants that one; with `limits`, it allows less than usual. */
  begin(changed?: { readonly token?: string; readonly limits?: Partial<RelayLimits> }): void;
  /** Nothing reaches or leaves it any more, while connections stay open. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** What clients must present. */
export const TOKEN = 'open-sesame';

/** The bridge's own relay on a network in memory. */
export class MemoryRelay implements RelayControl {
  private relay: EmbeddedRelay | undefined;

  constructor(
    private readonly network: Network,
    private readonly clock: Clock,
  ) {}

  begin({ token = TOKEN, limits = {} }: Parameters<RelayControl['begin']>[0] = {}): void {
    this.kill();
    const { clock, network } = this;
    this.relay = new EmbeddedRelay({ host: '127.0.0.1', port: 1, token, limits, clock, listen: network.listen });
    void this.relay.start();
  }

  kill(): void {
    const { relay } = this;
    this.relay = undefined;
    if (!relay) return;
    this.network.resetAll();
    void relay.stop();
  }

  freeze(): void {
    this.network.freeze();
  }

  thaw(): void {
    this.network.thaw();
  }

  async stop(): Promise<void> {
    this.kill();
  }
}
