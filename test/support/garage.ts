import type { PointSpec, Value } from '../../src/device/point.js';
import { Publisher, type PublisherParts } from '../../src/frame/publisher.js';
import { silentLog } from '../../src/log.js';
import { History } from '../../src/state/history.js';
import { Store } from '../../src/state/store.js';
import { SimulatedSink } from './simulated-sink.js';
import { VirtualClock } from './virtual-clock.js';

/** A publisher between a store and a simulated sink, on a virtual clock. */
export class Garage {
  readonly clock = new VirtualClock();
  readonly store = new Store(this.clock);
  readonly sink = new SimulatedSink(this.clock);
  readonly history = new History(this.store);
  readonly warnings: string[] = [];
  readonly notes: string[] = [];
  readonly publisher: Publisher;

  constructor(options: Partial<PublisherParts> = {}) {
    const warn = (_: object, message: string) => this.warnings.push(message);
    const info = (_: object, message: string) => this.notes.push(message);
    const log = { ...silentLog, warn, info };
    this.publisher = new Publisher({
      store: this.store,
      sink: this.sink,
      history: this.history,
      clock: this.clock,
      log,
      namespace: 'garage',
      source: 'nonce',
      ...options,
    });
  }

  /** Adds a device that is online, with points of one type. */
  device(
    id: string,
    points: readonly string[],
    type: PointSpec['type'] = 'number',
    role: PointSpec['role'] = 'sensor',
  ) {
    this.store.add(id);
    this.store.describe(
      id,
      points.map((point) => ({ id: point, role, type })),
    );
    this.store.setHealth(id, 'online');
  }

  say(device: string, values: { [point: string]: Value | null }): void {
    this.store.report(
      device,
      Object.entries(values).map(([point, value]) => ({ point, value })),
    );
  }

  /** Starts the publisher and lets it say everything; the frames are then forgotten. */
  async settled(): Promise<this> {
    this.publisher.start();
    await this.clock.advance(1_000);
    this.sink.frames.length = 0;
    return this;
  }
}
