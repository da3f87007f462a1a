import type { Clock } from '../clock.js';
import { PacedPoints, type PublishPolicies } from './paced-points.js';
import type { Key, Source } from './parts-lane.js';

/** What a coalescer is built from. */
export interface CoalescerParts {
  clock: Clock;
  /** Most frames a second, not counting urgent ones. */
  maxHz: number;
  devices(): Iterable<string>;
  points(device: string): Iterable<string>;
  /** The value now; null: unknown, undefined: there is no such point. */
  read(device: string, point: string): unknown;
  /** Said once for a point that is gone. */
  absent: unknown;
  /** Points that wait for more than the next frame, or for less; none where absent. */
  policies?: PublishPolicies | undefined;
}

/** Most frames a second for points that leave at once. */
const IMMEDIATE_HZ = 20;

interface Held extends Key {
  count: number;
  /** The value when the hold began, or that an answered command brought about. */
  shown: unknown;
  /** The outcome that `shown` is from: a later one counts, in whatever order the answers leave. */
  outcome: number;
}

/**
 * Remembers which points changed, not to what: values are read when a frame is taken, so an older one can't overtake a
 * newer one. The first change after a quiet spell is due at once, then at most `maxHz` frames a second; the last change
 * is always said.
 */
export class Coalescer implements Source {
  private readonly dirty = new Map<string, Set<string>>();
  /** Points whose command is in flight. */
  private readonly held = new Map<string, Held>();
  private outcomes = 0;
  /** Points of each device when all were last said, and devices whose list is another one since. */
  private readonly listed = new Map<string, readonly string[]>();
  private readonly relisted = new Set<string>();
  private wantsFull = false;
  private urgent = false;
  private takenAt = Number.NEGATIVE_INFINITY;
  private readonly paced: PacedPoints | undefined;
  /** What has taken its place: commands that are under way end there. */
  private heir: Coalescer | undefined;

  constructor(private readonly parts: CoalescerParts) {
    const { policies, clock, read } = parts;
    this.paced = policies && policies.size > 0 ? new PacedPoints(policies, clock, read) : undefined;
  }

  /** Points changed. */
  mark(device: string, points: Iterable<string>): void {
    for (const point of points) {
      const held = this.held.size > 0 ? this.held.get(`${device}.${point}`) : undefined;
      if (held && this.parts.read(device, point) !== null) continue;
      // What a device did before it was lost is no answer to what it is now.
      if (held) this.reset(held);
      if (!this.paced?.mark(device, point)) this.add(device, point);
    }
  }

  /** The list of a device's points changed: all of it is to be said, and which ones are gone. */
  relist(device: string): void {
    this.dirty.delete(device);
    this.paced?.taken(device);
    this.relisted.add(device);
    for (const held of this.held.values()) {
      if (held.device === device) this.reset(held);
    }
  }

  /** Everything is to be said, at once. */
  full(): void {
    this.wantsFull = true;
  }

  /** Takes the place of another one, holding back of these points what that one did. */
  inherit(other: Coalescer, has: (device: string, point: string) => boolean = () => true): void {
    for (const [key, held] of other.held) if (has(held.device, held.point)) this.held.set(key, held);
    this.outcomes = other.outcomes;
    other.heir = this;
  }

  /** What is due, is due at once, and so is what waits for its time. */
  hurry(): void {
    this.urgent = true;
    this.paced?.hurry();
  }

  /**
   * Keeps a point's changes back until its command was answered; until then it is said to be what it was, or unknown.
   * Holds are counted. A point that does not exist can't be held.
   */
  hold(device: string, point: string): void {
    const key = `${device}.${point}`;
    const held = this.held.get(key);
    if (held) {
      held.count++;
      return;
    }
    const shown = this.parts.read(device, point);
    if (shown === undefined) return;
    this.held.set(key, { device, point, count: 1, shown, outcome: 0 });
  }

  /**
   * A held point's command ended, with the value that the device confirmed, or with none. Returns what ends the hold
   * once the answer has left: the point is then said at once, changed or not; while others hold it, as this value.
   */
  answered(device: string, point: string, value?: unknown): () => void {
    const outcome = ++this.outcomes;
    return () => {
      if (this.latest.end(device, point, value, outcome)) this.latest.urgent = true;
    };
  }

  /** Ends a hold whose command nobody waits for: what the point became is said at the usual pace. */
  release(device: string, point: string, value?: unknown): void {
    this.end(device, point, value, ++this.outcomes);
  }

  /** A point is to be said once more, changed or not; one that is held is, when its hold ends. */
  repeat(device: string, point: string): void {
    const isThere = this.parts.read(device, point) !== undefined;
    if (isThere && !this.held.has(`${device}.${point}`)) this.add(device, point);
  }

  dueIn(): number {
    if (this.wantsFull) return 0;
    const waiting = this.waiting();
    if (waiting && this.urgent) return 0;
    if (!waiting && !this.paced) return Number.POSITIVE_INFINITY;
    const now = this.parts.clock.now();
    const frameAt = this.takenAt + 1000 / this.parts.maxHz;
    return Math.max(0, Math.min(waiting ? frameAt : Number.POSITIVE_INFINITY, this.pacedAt(frameAt)) - now);
  }

  take(): { keys: Key[]; full: boolean } {
    const full = this.wantsFull;
    const keys: Key[] = [];
    for (const device of full ? this.parts.devices() : this.relisted) {
      for (const point of this.whole(device, full)) keys.push({ device, point });
    }
    if (!full) {
      for (const [device, marks] of this.dirty) {
        if (!this.relisted.has(device)) for (const point of marks) keys.push({ device, point });
      }
      if (this.paced) for (const key of [...this.paced.dueNow()]) if (!this.isTaken(key)) keys.push(key);
    }
    if (this.paced) for (const { device, point } of keys) this.paced.taken(device, point);
    this.takenAt = this.parts.clock.now();
    this.relisted.clear();
    this.forgetMarks();
    return { keys, full };
  }

  read({ device, point }: Key): unknown {
    const value = this.parts.read(device, point);
    if (value === undefined) return this.parts.absent;
    const held = this.held.size > 0 && value !== null ? this.held.get(`${device}.${point}`) : undefined;
    const said = held ? held.shown : value;
    this.paced?.told(device, point, said);
    return said;
  }

  /** Forgets which points changed. Holds stay, and so does which lists are to be compared. */
  clear(): void {
    this.forgetMarks();
    this.paced?.clear();
  }

  private forgetMarks(): void {
    this.dirty.clear();
    this.wantsFull = false;
    this.urgent = false;
  }

  /** From now on it is what it is now: outcomes of before do not count. */
  private reset(held: Held): void {
    held.shown = this.parts.read(held.device, held.point);
    held.outcome = ++this.outcomes;
  }

  private get latest(): Coalescer {
    return this.heir?.latest ?? this;
  }

  private end(device: string, point: string, value: unknown, outcome: number): boolean {
    const key = `${device}.${point}`;
    const held = this.held.get(key);
    if (!held) return false;
    held.count--;
    if (held.count === 0) this.held.delete(key);
    else if (value !== undefined && outcome > held.outcome) {
      held.shown = value;
      held.outcome = outcome;
    }
    this.add(device, point);
    return true;
  }

  private add(device: string, point: string): void {
    let marks = this.dirty.get(device);
    if (!marks) {
      marks = new Set();
      this.dirty.set(device, marks);
    }
    marks.add(point);
  }

  private waiting(): boolean {
    if (this.relisted.size > 0) return true;
    for (const marks of this.dirty.values()) if (marks.size > 0) return true;
    return false;
  }

  /** When the next point with a policy leaves, where the usual frames wait for `frameAt`. */
  private pacedAt(frameAt: number): number {
    if (!this.paced) return Number.POSITIVE_INFINITY;
    const { usual, immediate } = this.paced.due();
    const soonest = Math.min(frameAt, this.takenAt + 1000 / IMMEDIATE_HZ);
    return Math.min(Math.max(usual, this.urgent ? 0 : frameAt), Math.max(immediate, this.urgent ? 0 : soonest));
  }

  /** True where this frame says the point anyway. */
  private isTaken({ device, point }: Key): boolean {
    return this.relisted.has(device) || this.dirty.get(device)?.has(point) === true;
  }

  /** All points of a device, and those that it no longer has. */
  private whole(device: string, full: boolean): string[] {
    const points = [...this.parts.points(device)];
    const before = this.relisted.has(device) ? (this.listed.get(device) ?? []) : [];
    this.listed.set(device, points);
    const now = new Set(points);
    const said = full ? points : points.filter((point) => !this.held.has(`${device}.${point}`));
    return [...said, ...before.filter((point) => !now.has(point))];
  }
}
