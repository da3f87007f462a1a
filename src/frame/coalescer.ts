import type { Clock } from '../clock.js';
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
  /** True for points whose changes are urgent. */
  immediate?(device: string, point: string): boolean;
}

interface Held extends Key {
  count: number;
  /** The value when the hold began. */
  shown: unknown;
}

/**
 * Remembers which points changed, not to what: values are read when a frame is taken, so an older one can't overtake a
 * newer one. The first change after a quiet spell is due at once, then at most `maxHz` frames a second; the last change
 * is always said.
 */
export class Coalescer implements Source {
  private readonly dirty = new Map<string, Set<string>>();
  /** Points whose command is in flight; never dirty meanwhile. */
  private readonly held = new Map<string, Held>();
  /** Points of each device when all were last said, and devices whose list is another one since. */
  private readonly listed = new Map<string, readonly string[]>();
  private readonly relisted = new Set<string>();
  private wantsFull = false;
  private urgent = false;
  private takenAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: CoalescerParts) {}

  /** Points changed. */
  mark(device: string, points: Iterable<string>): void {
    const { immediate } = this.parts;
    let marks = this.dirty.get(device);
    for (const point of points) {
      if (this.held.size > 0 && this.held.has(`${device}.${point}`)) continue;
      if (!marks) {
        marks = new Set();
        this.dirty.set(device, marks);
      }
      marks.add(point);
      if (immediate?.(device, point)) this.urgent = true;
    }
  }

  /** The list of a device's points changed: all of it is to be said, and which ones are gone. */
  relist(device: string): void {
    this.dirty.delete(device);
    this.relisted.add(device);
    for (const held of this.held.values()) {
      if (held.device === device) held.shown = this.parts.read(device, held.point);
    }
  }

  /** Everything is to be said, at once. */
  full(): void {
    this.wantsFull = true;
  }

  /** What is due, is due at once. */
  hurry(): void {
    this.urgent = true;
  }

  /**
   * Keeps a point's changes back until `release`, while full frames go on saying what it was (or that it is unknown).
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
    this.held.set(key, { device, point, count: 1, shown });
    this.dirty.get(device)?.delete(point);
  }

  /** Ends a hold; after the last one the point is said at once, changed or not. */
  release(device: string, point: string): void {
    const key = `${device}.${point}`;
    const held = this.held.get(key);
    if (!held) return;
    held.count--;
    if (held.count > 0) return;
    this.held.delete(key);
    this.mark(device, [point]);
    this.urgent = true;
  }

  dueIn(): number {
    if (this.wantsFull) return 0;
    if (!this.waiting()) return Number.POSITIVE_INFINITY;
    if (this.urgent) return 0;
    return Math.max(0, this.takenAt + 1000 / this.parts.maxHz - this.parts.clock.now());
  }

  take(): { keys: Key[]; full: boolean } {
    const full = this.wantsFull;
    const keys: Key[] = [];
    for (const device of full ? this.parts.devices() : new Set([...this.dirty.keys(), ...this.relisted])) {
      const marks = this.dirty.get(device) ?? [];
      const points = full || this.relisted.has(device) ? this.whole(device, full) : marks;
      for (const point of points) keys.push({ device, point });
    }
    this.takenAt = this.parts.clock.now();
    this.relisted.clear();
    this.clear();
    return { keys, full };
  }

  read({ device, point }: Key): unknown {
    const value = this.parts.read(device, point);
    if (value === undefined) return this.parts.absent;
    const held = this.held.size > 0 && value !== null ? this.held.get(`${device}.${point}`) : undefined;
    return held ? held.shown : value;
  }

  /** Forgets which points changed. Holds stay, and so does which lists are to be compared. */
  clear(): void {
    this.dirty.clear();
    this.wantsFull = false;
    this.urgent = false;
  }

  private waiting(): boolean {
    if (this.relisted.size > 0) return true;
    for (const marks of this.dirty.values()) if (marks.size > 0) return true;
    return false;
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
