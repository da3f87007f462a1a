import { afterEach, describe } from 'vitest';
import { type Log, silentLog } from '../../src/log.js';
import type { RelayCounters } from '../../src/relay/counters.js';
import { EmbeddedRelay } from '../../src/relay/relay.js';
import { systemClock } from '../../src/system-clock.js';
import type { Pem } from './certificates.js';
import { StrictRelay } from './strict-relay.js';
import { TcpProxy } from './tcp-proxy.js';

/** What a test may choose about a relay. */
export interface RelayOptions {
  token?: string;
  /** Default: any free port. A test that restarts a relay gives the port of the one before. */
  port?: number;
  /** Encrypts with this certificate; the embedded one only. */
  tls?: Pem | undefined;
  log?: Log;
}

/** A running relay with a network in front of it that the test controls. */
export interface TestRelay {
  readonly url: string;
  readonly port: number;
  /** What came to nothing there, by reason; only the embedded relay counts. */
  readonly counters: Readonly<Record<string, number>>;
  /** Ends it in order: clients are closed with 1001. */
  stop(): Promise<void>;
  /** Ends it as a killed process: every connection is reset, nothing listens on the port any more. */
  kill(): Promise<void>;
  /** Nothing reaches or leaves it any more, while connections stay open. */
  freeze(): void;
  /** Ends `freeze`. */
  thaw(): void;
}

/** Starts a relay; resolves once it accepts clients. */
export type MakeRelay = (options?: RelayOptions) => Promise<TestRelay>;

interface RelayLike {
  readonly counters?: RelayCounters;
  start(): Promise<number>;
  stop(): Promise<void>;
}

/** The two dialects a bridge must get on with: as 0.1.1 (the embedded relay) and as 0.2 (strict). */
const KINDS: [string, (options: RelayOptions) => RelayLike][] = [
  ['embedded relay', embedded],
  ['strict relay', (options) => new StrictRelay(options)],
];

/** Runs the tests that `body` declares once with each kind of relay. Relays that a test leaves running are stopped after it. */
export function forEachRelay(body: (name: string, make: MakeRelay) => void): void {
  for (const [name, kind] of KINDS) {
    describe(name, () => {
      const made: TestRelay[] = [];
      afterEach(async () => {
        await Promise.all(made.splice(0).map((relay) => relay.kill()));
      });
      body(name, async (options = {}) => {
        const relay = await run(kind(options), options);
        made.push(relay);
        return relay;
      });
    });
  }
}

/** Starts an embedded relay, for tests that the dialect does not matter to. */
export const embeddedRelay: MakeRelay = (options = {}) => run(embedded(options), options);

/** The same without a network in between, which would give everybody one address. */
export const directRelay: MakeRelay = async (options = {}) => {
  const relay = embedded(options);
  const port = await relay.start();
  const stop = () => relay.stop();
  const rest = { kill: stop, freeze: () => {}, thaw: () => {} };
  return {
    url: `ws://127.0.0.1:${port}`,
    port,
    get counters() {
      return { ...relay.counters };
    },
    stop,
    ...rest,
  };
};

function embedded({ token, tls, log = silentLog }: RelayOptions): RelayLike {
  const relay = new EmbeddedRelay({ host: '127.0.0.1', port: 0, token, tls, clock: systemClock(), log });
  const { counters } = relay;
  return { start: async () => (await relay.start()).port, stop: () => relay.stop(), counters };
}

async function run(relay: RelayLike, { port: wanted = 0, tls }: RelayOptions): Promise<TestRelay> {
  const proxy = new TcpProxy();
  const port = await proxy.start(await relay.start(), wanted);
  return {
    url: `${tls ? 'wss' : 'ws'}://127.0.0.1:${port}`,
    port,
    get counters() {
      return { ...relay.counters };
    },
    stop: async () => {
      await relay.stop();
      await proxy.kill();
    },
    kill: async () => {
      await proxy.kill();
      await relay.stop();
    },
    freeze: () => proxy.freeze(),
    thaw: () => proxy.thaw(),
  };
}
