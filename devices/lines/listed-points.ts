import type { DeviceIo } from '../../src/device/driver.js';
import type { Reading, Value } from '../../src/device/point.js';
import { printable } from '../../src/text.js';
import type { RawValues } from './formats.js';
import type { LinePoint } from './line-point.js';
import { understand } from './words.js';

/** The points that a config lists: their values are passed on, everything else is counted and ignored. */
export class ListedPoints {
  private readonly byName = new Map<string, LinePoint[]>();
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly points: ReadonlyMap<string, LinePoint>,
    private readonly io: DeviceIo,
  ) {
    for (const point of points.values()) this.byName.set(point.from, [...(this.byName.get(point.from) ?? []), point]);
    io.describe([...points.values()].map(({ spec }) => spec));
  }

  /** The names that are listened for. */
  get names(): ReadonlySet<string> {
    return new Set(this.byName.keys());
  }

  /** Passes on one line's values; returns what it says of the points. */
  take(values: RawValues): readonly Reading[] {
    const readings: Reading[] = [];
    for (const [name, raw] of values) {
      const points = this.byName.get(name);
      if (!points) this.io.ignored('not listed', name);
      for (const point of points ?? []) {
        if (point.spec.role === 'event') this.happened(point.spec.id, raw);
        else readings.push({ point: point.spec.id, value: this.read(point, raw) });
      }
    }
    if (readings.length > 0) this.io.report(readings);
    return readings;
  }

  /** The lines make no sense any more: what they said last is not known to hold. */
  forget(): void {
    const read = [...this.points.values()].filter(
      ({ spec, command }) => spec.role !== 'event' && (command?.confirm.by ?? 'reading') === 'reading',
    );
    this.io.report(read.map(({ spec }) => ({ point: spec.id, value: null })));
  }

  private read(point: LinePoint, raw: Value | null): Value | null {
    const value = understand(point.understanding, raw);
    if (value === undefined) this.io.ignored('does not fit the point', `${point.from}=${String(raw)}`);
    return value ?? null;
  }

  /** A word is what happened; a number is how often it happened so far, and tells by rising. */
  private happened(point: string, raw: Value | null): void {
    if (raw === null || raw === '') return;
    const count = typeof raw === 'boolean' || !/^\d+$/.test(String(raw)) ? undefined : Number(raw);
    if (count === undefined) {
      this.io.event({ point, event: printable(String(raw), 40) });
      return;
    }
    const before = this.counts.get(point);
    this.counts.set(point, count);
    if (before !== undefined && count > before) this.io.event({ point, event: 'count', count });
  }
}
