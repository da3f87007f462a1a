import type { Clock } from '../clock.js';
import type { Holds } from './holds.js';
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
  /** Points whose commands are under way; none where absent. */
  holds?: Holds | undefined;
}

/** Most frames a second for points that leave at once. */
const IMMEDIATE_HZ = 20;

/**
 * Remembers which points changed, not to what: values are read when a frame is taken, so an older one can't overtake a
 * newer one. The first change after a quiet spell is due at once, then at most `maxHz` frames a second; the last change
 * is always said.
 */
export class Coalescer implements Source {
  private readonly dirty = new Map<string, Set<string>>();
  /** Points of each device when all were last said, and devices whose list is another one since. */
  private readonly listed = new Map<string, readonly string[]>();
  private readonly relisted = new Set<string>();
  private wantsFull = false;
  private urgent = false;
  private takenAt = Number.NEGATIVE_INFINITY;
  private readonly paced: PacedPoints | undefined;

  constructor(private readonly parts: CoalescerParts) {
    const { policies, clock, read } = parts;
    this.paced = policies && policies.size > 0 ? new PacedPoints(policies, clock, read) : undefined;
  }

  /** Points changed. */
  mark(device: string, points: Iterable<string>): void {
    for (const point of points) {
      if (this.parts.holds?.keepsBack(device, point)) continue;
      if (!this.paced?.mark(device, point)) this.add(device, point);
    }
  }

  /** The list of a device's points changed: all of it is to be said, and which ones are gone. */
  relist(device: string): void {
    this.dirty.delete(device);
    this.paced?.taken(device);
    this.relisted.add(device);
    this.parts.holds?.relist(device);
  }

  /** Everything is to be said, at once. */
  full(): void {
    this.wantsFull = true;
  }

  /** What is due, is due at once, and so is what waits for its time. */
  hurry(): void {
    this.urgent = true;
    this.paced?.hurry();
  }

  /** A point is to be said once more, changed or not; `atOnce`: with all that waits, without a wait. */
  repeat(device: string, point: string, atOnce: boolean): void {
    this.add(device, point);
    if (atOnce) this.urgent = true;
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
    const { holds } = this.parts;
    const said = holds ? holds.shown(device, point, value) : value;
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
    const said = full ? points : points.filter((point) => !this.parts.holds?.has(device, point));
    return [...said, ...before.filter((point) => !now.has(point))];
  }
}
