import type { Clock } from '../clock.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import type { Lane } from './lane.js';
import { shrink } from './size.js';

/** What a queue is built from. */
export interface QueueParts {
  name: string;
  clock: Clock;
  /** Frames kept; the oldest is dropped for a new one. */
  limit: number;
  /** Bytes that a payload may have. */
  room: number;
  /** Frames were dropped; said once a burst, and every 10 s of a long one. */
  onDropped(count: number): void;
  /** A payload was too large and lost its largest members. */
  onOversize(): void;
}

const LONG_BURST_MS = 10_000;

/** Frames that are never merged, in the order in which they came. */
export class QueueLane implements Lane {
  readonly name: string;
  /** Frames dropped so far. */
  dropped = 0;

  private readonly items: (JsonObject | (() => void))[] = [];
  private burst = 0;
  private burstAt = 0;

  constructor(private readonly parts: QueueParts) {
    this.name = parts.name;
  }

  push(item: JsonObject | (() => void)): void {
    if (this.items.length >= this.parts.limit) {
      this.items.shift();
      this.drop(1);
    }
    this.items.push(item);
  }

  /** Counts frames as dropped that were not even queued. */
  drop(count: number): void {
    const now = this.parts.clock.now();
    if (this.burst === 0) this.burstAt = now;
    this.burst += count;
    this.dropped += count;
    if (now - this.burstAt >= LONG_BURST_MS) this.report();
  }

  /** Says how many were dropped since it was last said. */
  report(): void {
    if (this.burst === 0) return;
    const count = this.burst;
    this.burst = 0;
    this.parts.onDropped(count);
  }

  dueIn(): number {
    return this.items.length > 0 ? 0 : Number.POSITIVE_INFINITY;
  }

  frame(): JsonObject | (() => void) | undefined {
    const item = this.items[0];
    if (!isObject(item)) return item;
    const fitting = shrink(item, this.parts.room);
    if (fitting !== item) {
      this.items[0] = fitting;
      this.parts.onOversize();
    }
    return fitting;
  }

  sent(): void {
    this.items.shift();
    if (this.items.length === 0) this.report();
  }

  clear(): void {
    this.drop(this.items.length);
    this.items.length = 0;
    this.report();
  }
}
