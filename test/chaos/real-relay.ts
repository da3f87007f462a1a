import type { Clock } from '../../src/clock.js';
import { EmbeddedRelay } from '../../src/relay/relay.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { type RelayControl, TOKEN } from './relay.js';

/** The bridge's own relay on the loopback interface, with a network before it that can freeze. What it is told to do it does in order. */
export class RealRelay implements RelayControl {
  private relay: EmbeddedRelay | undefined;
  private proxy: TcpProxy | undefined;
  private port = 0;
  private frozen = false;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly clock: Clock) {}

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  begin({ token = TOKEN, limits = {} }: Parameters<RelayControl['begin']>[0] = {}): void {
    this.next(async () => {
      await this.end();
      const relay = new EmbeddedRelay({ host: '127.0.0.1', port: 0, token, limits, clock: this.clock });
      const proxy = new TcpProxy();
      this.relay = relay;
      this.proxy = proxy;
      this.port = await proxy.start((await relay.start()).port, this.port);
      if (this.frozen) proxy.freeze();
    });
  }

  kill(): void {
    this.next(() => this.end());
  }

  freeze(): void {
    this.frozen = true;
    this.proxy?.freeze();
  }

  thaw(): void {
    this.frozen = false;
    this.proxy?.thaw();
  }

  async stop(): Promise<void> {
    this.kill();
    await this.settled();
  }

  /** Resolves once everything that it was told is done. */
  async settled(): Promise<void> {
    await this.turn;
  }

  private next(work: () => Promise<void>): void {
    this.turn = this.turn.then(work);
  }

  private async end(): Promise<void> {
    const { relay, proxy } = this;
    this.relay = undefined;
    this.proxy = undefined;
    await proxy?.kill();
    await relay?.stop();
  }
}
