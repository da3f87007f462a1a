import { Budget } from './budget.js';
import type { Coalescer } from './coalescer.js';
import type { DropCause } from './drops.js';
import { FullPace } from './full-pace.js';
import { type Hold, Holds } from './holds.js';
import { Lanes } from './lanes.js';
import { Pressure } from './pressure.js';
import type { PublisherParts, PublisherShape, PublisherStats } from './publisher-parts.js';
import { Pump } from './pump.js';
import type { Content, QueueLane } from './queue-lane.js';
import { Repeats } from './repeats.js';
import { type Ack, ackFrame, eventFrame, type LogEntry, logFrame, Stamp } from './shapes.js';
import { valueNow } from './sources.js';
import { SyncPace } from './sync-pace.js';

export type { PublisherParts } from './publisher-parts.js';

/** Routed replies take turns with the phones that wait for acks. */
const REPLIES = 'replies';
/** At the end, for each of: what is left, and the word that all is offline. */
const LAST_MS = 300;

/** Says on the channel what the store knows; frames are made only when they may leave, so little ever waits. */
export class Publisher {
  private lanes: Lanes;
  private readonly pressure: Pressure;
  private readonly pump: Pump;
  private readonly fulls: FullPace;
  private readonly syncs: SyncPace;
  private live = false;
  private gone = false;
  private stopped = false;
  private readonly repeats: Repeats;
  private readonly holds: Holds;
  private unsubscribe: (() => void) | undefined;

  constructor(private parts: PublisherParts) {
    const { clock, sink, log, source, store } = parts;
    this.holds = new Holds({
      read: (device, point) => valueNow(store, device, point),
      ended: (device, point, atOnce) => this.again(device, point, atOnce),
    });
    this.pressure = new Pressure(clock, sink);
    this.repeats = new Repeats(clock);
    this.lanes = this.newLanes();
    this.fulls = new FullPace(clock, () => this.requestAll());
    this.syncs = new SyncPace(clock, (phones) => this.answer(phones));
    const stamp = new Stamp(source, clock);
    this.pump = new Pump({ clock, sink, budget: new Budget(clock), pressure: this.pressure, stamp, log });
  }

  /** Begins to listen to the store and to sample the history; publishes where the sink is ready. */
  start(): void {
    if (this.unsubscribe) return;
    this.unsubscribe = this.parts.store.subscribe({
      changed: (device, points) => {
        this.lanes.bound?.mark(device, points);
        this.changed(this.lanes.state, device, points);
      },
      quality: (device, points) => this.changed(this.lanes.quality, device, points),
      health: (device) => {
        this.lanes.topology?.request();
        this.lanes.bound?.mark(device, ['']);
        this.changed(this.lanes.health, device, ['']);
      },
      described: (device) => {
        this.lanes.relist(device);
        this.pump.wake();
      },
      event: (device, event) => {
        this.enqueue(this.lanes.events, eventFrame(this.lanes.type('event'), device, event), device);
      },
    });
    this.beginRepeats();
    if (this.parts.sink.ready) this.up();
  }

  /** Ends everything; no timer is left. */
  stop(): void {
    this.stopped = true;
    this.down();
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.repeats.stop();
  }

  /** Takes other settings, and says everything anew by them. Answers and events that wait still go to whoever is there. */
  reshape(shape: PublisherShape): void {
    const { live, lanes } = this;
    this.parts = { ...this.parts, ...shape };
    this.lanes = this.newLanes();
    if (this.unsubscribe) this.beginRepeats();
    if (live) this.up();
    this.lanes.inherit(lanes);
    this.pump.wake();
  }

  /** The sink became ready: says everything anew, the state first. */
  up(): void {
    this.down();
    this.live = true;
    this.pressure.reset();
    this.requestAll();
    this.pump.serve(this.lanes.all, this.lanes.first.lane);
  }

  /** The sink is gone: what waits for it is dropped; the store knows what is true when it comes back. */
  down(): void {
    this.live = false;
    this.fulls.clear();
    this.syncs.clear();
    this.pump.stop();
    this.lanes.clear();
  }

  /** Answers a command; then calls `left`: what the point is now follows its answer. */
  ack(ack: Ack, left?: () => void): void {
    this.enqueue(this.lanes.acks, ackFrame(ack), `to ${ack.to}`, left);
  }

  /** Calls `send` when the budget has room for a routed reply; never, once the connection is lost. */
  reply(send: () => void): void {
    this.enqueue(this.lanes.acks, send, REPLIES);
  }

  /** A line for the layouts' log consoles. */
  log(entry: LogEntry): void {
    this.enqueue(this.lanes.logs, logFrame(this.lanes.type('log'), entry), '');
  }

  /** Says everything: state, quality, health and history. Requests within a second become one at its end. */
  full(): void {
    if (this.live) this.fulls.request();
  }

  /**
   * A phone came (back): says everything within 50 ms where the budget has room, and tells it by name what each control of its layout holds. Phones
   * that come together are answered together; after five answers in a row there is one a second.
   */
  sync(phone?: string): void {
    if (this.live) this.syncs.request(phone);
  }

  /** A command for this point is in flight: what it becomes is not said before the hold ends. */
  hold(device: string, point: string): Hold {
    return this.holds.begin(device, point);
  }

  /** Says a point once more, changed or not; one that is held is said when its hold ends. */
  repeat(device: string, point: string): void {
    const isThere = valueNow(this.parts.store, device, point) !== undefined;
    if (isThere && !this.holds.has(device, point)) this.again(device, point, false);
  }

  /** Says what still waits, then that everything is offline; resolves within 0.6 s. Nothing is published afterwards. */
  async lastFrames(): Promise<void> {
    if (!this.live) return;
    await this.lastWords();
    this.stop();
  }

  /** Says the same before this channel is left for another one, on which everything is said anew. */
  async farewell(): Promise<void> {
    if (!this.live) return;
    await this.lastWords();
    this.gone = false;
    this.down();
    this.lanes = this.newLanes();
  }

  private async lastWords(): Promise<void> {
    this.lanes.state.hurry();
    this.lanes.quality.hurry();
    this.lanes.bound?.hurry();
    this.pump.serve(this.lanes.leaving);
    await this.pump.drain(LAST_MS);
    if (this.live) {
      this.gone = true;
      this.lanes.health.full();
      this.lanes.bound?.words();
      this.pump.serve(this.lanes.last);
      await this.pump.drain(LAST_MS);
    }
  }

  get stats(): PublisherStats {
    const { acks, events, logs, oversize } = this.lanes;
    return {
      frames: Object.fromEntries(this.pump.frames),
      droppedAcks: acks.dropped,
      droppedEvents: events.dropped,
      droppedLogs: logs.dropped,
      oversize,
      failures: this.pump.failures,
    };
  }

  private again(device: string, point: string, atOnce: boolean): void {
    this.lanes.repeat(device, point, atOnce);
    this.pump.wake();
  }

  private changed(source: Coalescer, device: string, points: readonly string[]): void {
    source.mark(device, points);
    this.pump.wake();
  }

  private enqueue(queue: QueueLane, content: Content, sender: string, gone?: () => void): void {
    if (this.live) queue.push(content, sender, gone);
    else queue.drop(gone);
    this.pump.wake();
  }

  private cause(): DropCause {
    if (this.stopped) return 'stop';
    if (!this.live || !this.parts.sink.ready) return 'away';
    return this.pressure.slow ? 'slow' : 'flood';
  }

  private answer(phones: readonly string[]): void {
    this.requestAll();
    this.lanes.snapshots?.request(phones);
    this.pump.wake();
  }

  private requestAll(): void {
    this.fulls.said();
    this.lanes.past.request();
    this.lanes.bound?.refill();
    this.lanes.wholes();
    this.requestValues();
  }

  private requestValues(): void {
    if (!this.live) return;
    this.lanes.full();
    this.pump.wake();
  }

  private sample(): void {
    this.parts.history.sample?.();
    if (!this.live) return;
    this.lanes.trend.request();
    this.pump.wake();
  }

  private newLanes(): Lanes {
    const [gone, cause] = [() => this.gone, () => this.cause()];
    return new Lanes(this.parts, gone, cause, this.holds);
  }

  private beginRepeats(): void {
    this.repeats.stop();
    this.repeats.every(this.parts.trendMs ?? 2_000, () => this.sample());
    this.repeats.every(this.parts.keyframeMs ?? 30_000, () => this.requestValues());
  }
}
