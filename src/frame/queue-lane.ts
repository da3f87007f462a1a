import type { Clock } from '../clock.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import { Senders } from '../senders.js';
import { type DropCause, Drops } from './drops.js';
import type { Lane } from './lane.js';
import { shrink } from './size.js';

/** What a queue is built from. */
export interface QueueParts {
  name: string;
  clock: Clock;
  /** Frames of one sender kept; its oldest is dropped for a new one. */
  limit: number;
  /** Bytes that a payload may have. */
  room: number;
  /** Why a frame would be dropped now. */
  cause(): DropCause;
  /** Frames were dropped. */
  onDropped(count: number, cause: DropCause): void;
  /** A payload was too large and lost its largest members. */
  onOversize(): void;
}

/** A frame, or a routed reply that sends itself. */
export type Content = JsonObject | (() => void);

interface Item {
  content: Content;
  readonly gone: (() => void) | undefined;
}

/** Senders with a queue of their own. */
const SENDERS = 16;

/** Frames that are never merged: those of one sender in the order in which they came, the senders by turns. */
export class QueueLane implements Lane {
  readonly name: string;

  private queues: Senders<Item[]>;
  /** The queues that are not empty; the first is next. */
  private turns: Item[][] = [];
  private readonly drops: Drops;

  constructor(private readonly parts: QueueParts) {
    this.name = parts.name;
    this.queues = new Senders(parts.clock, SENDERS, () => []);
    this.drops = new Drops(parts.clock, (count, cause) => parts.onDropped(count, cause));
  }

  /** Frames dropped so far. */
  get dropped(): number {
    return this.drops.total;
  }

  /** Queues a frame of (or for) this sender; `gone` runs once it was sent or dropped. */
  push(content: Content, sender: string, gone?: () => void): void {
    const queue = this.queues.of(sender);
    if (queue.length === 0) this.turns.push(queue);
    queue.push({ content, gone });
    if (queue.length > this.parts.limit) this.drop(queue.shift()?.gone);
  }

  /** Takes over what waits in another one, which then has what waited here. */
  inherit(other: QueueLane): void {
    [this.queues, other.queues] = [other.queues, this.queues];
    [this.turns, other.turns] = [other.turns, this.turns];
  }

  /** Counts a frame as dropped, one that was not even queued included. */
  drop(gone?: () => void): void {
    this.drops.add(1, this.parts.cause());
    gone?.();
  }

  dueIn(): number {
    return this.turns.length > 0 ? 0 : Number.POSITIVE_INFINITY;
  }

  frame(): Content | undefined {
    const item = this.turns[0]?.[0];
    if (!item || !isObject(item.content)) return item?.content;
    const fitting = shrink(item.content, this.parts.room);
    if (fitting !== item.content) {
      item.content = fitting;
      this.parts.onOversize();
    }
    return fitting;
  }

  sent(): void {
    const queue = this.turns.shift() ?? [];
    const item = queue.shift();
    if (queue.length > 0) this.turns.push(queue);
    if (this.turns.length === 0) this.drops.report();
    item?.gone?.();
  }

  clear(): void {
    const { turns } = this;
    this.turns = [];
    for (const queue of turns) for (const item of queue.splice(0)) this.drop(item.gone);
    this.drops.report();
  }
}
