import type { FrameSink } from '../../src/frame/sink.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { asciiSize } from '../../src/mesh/json.js';
import type { VirtualClock } from './virtual-clock.js';

/** One frame as it left, with the virtual time of its leaving. */
export interface SentFrame {
  readonly at: number;
  readonly payload: JsonObject;
}

/** A connection with behaviours: slow to answer, stalled, away, or refusing frames. */
export class SimulatedSink implements FrameSink {
  readonly frames: SentFrame[] = [];
  ready = true;
  /** Milliseconds from a broadcast to its `sent`; Infinity: it never comes. */
  answerMs = 1;
  /** While true nothing leaves the socket. */
  stalled = false;
  /** The next so many broadcasts throw. */
  refuse = 0;

  private waiting = 0;
  private pending: number[] = [];

  constructor(private readonly clock: VirtualClock) {}

  get buffered(): number {
    if (!this.stalled) this.waiting = 0;
    return this.waiting;
  }

  /** Puts bytes of somebody else into the socket. */
  fill(bytes: number): void {
    this.waiting += bytes;
  }

  get unanswered(): number {
    this.pending = this.pending.filter((at) => this.clock.now() - at < this.answerMs);
    return this.pending.length;
  }

  get oldestUnansweredMs(): number {
    return this.unanswered === 0 ? 0 : this.clock.now() - (this.pending[0] ?? 0);
  }

  broadcast(payload: JsonObject): void {
    if (!this.ready) throw new Error('not connected');
    if (this.refuse > 0) {
      this.refuse--;
      throw new Error('refused');
    }
    this.frames.push({ at: this.clock.now(), payload: JSON.parse(JSON.stringify(payload)) });
    this.pending.push(this.clock.now());
    this.waiting += asciiSize(payload);
  }

  /** A new connection: nothing waits and nothing is unanswered. */
  reconnect(): void {
    this.ready = true;
    this.waiting = 0;
    this.pending = [];
    this.refuse = 0;
  }

  /** Payloads of one type, oldest first. */
  of(type: string): JsonObject[] {
    return this.frames.map(({ payload }) => payload).filter((payload) => payload['msg_type'] === type);
  }

  /** Types in the order in which they left, without the namespace. */
  types(): string[] {
    return this.frames.map(({ payload }) => String(payload['msg_type']).replace('garage.', ''));
  }

  /** Largest number of frames in any window of one second. */
  peakPerSecond(): number {
    let peak = 0;
    let from = 0;
    for (const [to, { at }] of this.frames.entries()) {
      while (at - (this.frames[from]?.at ?? at) >= 1000) from++;
      peak = Math.max(peak, to - from + 1);
    }
    return peak;
  }
}

/** What a phone knows that takes in every frame of a type: values by `device.point`. */
export function fold(frames: readonly JsonObject[]): Map<string, unknown> {
  const known = new Map<string, unknown>();
  for (const frame of frames) {
    for (const [device, points] of Object.entries(frame)) {
      if (typeof points !== 'object' || points === null || device.startsWith('_')) continue;
      for (const [point, value] of Object.entries(points)) known.set(`${device}.${point}`, value);
    }
  }
  return known;
}
