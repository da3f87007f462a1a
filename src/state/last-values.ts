import type { Clock } from '../clock.js';
import { idsIn, isValue, type Value } from '../device/point.js';
import { DERIVED } from './derived.js';
import { isMap } from './is-map.js';
import { type Interval, PacedFile } from './paced-file.js';
import type { StateFile } from './state-file.js';
import type { Store } from './store.js';

/** What was known last of a point that is unknown now; of an event point, what happened last. */
export interface LastValue {
  readonly value: Value;
  /** When it was known to be so for the last time: integer milliseconds since 1970; null where the clock was not set. */
  readonly at: number | null;
  /** Of an event that its device counts. */
  readonly count?: number;
}

/** Last values by `device.point`, as a file has them. */
export interface LastRecord {
  readonly points: { readonly [point: string]: LastValue };
}

/** What last values are built from. */
export interface LastValuesParts {
  store: Store;
  file: StateFile<LastRecord>;
  clock: Clock;
  intervalMs: Interval;
}

/** So many points are remembered; the one that has been known for longest goes first. */
const MAX_POINTS = 1024;

/** Remembers over restarts what was known of points. None of it is true any more: it is told as past, never as a value. */
export class LastValues {
  private readonly points: Map<string, LastValue>;
  private readonly paced: PacedFile<LastRecord>;
  private readonly unsubscribe: () => void;

  constructor(private readonly parts: LastValuesParts) {
    const { store, file } = parts;
    this.points = new Map(Object.entries(file.read({ points: {} }, isRecord).points));
    this.paced = new PacedFile({ ...parts, take: () => this.take() });
    const changed = (device: string, points: Iterable<string>) => {
      if (device !== DERIVED) for (const point of points) this.changed(device, point);
    };
    // It may begin late.
    for (const device of store.devices()) changed(device, store.points(device).keys());
    this.unsubscribe = store.subscribe({
      changed,
      event: (device, { point, event, count }) => {
        this.set(`${device}.${point}`, { value: event, at: this.now(), ...(count === undefined ? {} : { count }) });
      },
    });
  }

  /** The last values of a device's points that have none now. */
  of(device: string): { [point: string]: LastValue } {
    const all = [...this.points].flatMap(([name, last]) => {
      const [owner, point] = idsIn(name);
      return owner === device && !this.isKnown(name) ? [[point, last] as const] : [];
    });
    return Object.fromEntries(all);
  }

  /** Writes what is known now; nothing is written afterwards. */
  async close(): Promise<void> {
    if (this.points.size > 0) this.paced.changed();
    await this.paced.close();
    this.unsubscribe();
  }

  private changed(device: string, point: string): void {
    const name = `${device}.${point}`;
    const value = this.parts.store.point(device, point)?.value ?? this.points.get(name)?.value;
    if (value !== undefined) this.set(name, { value, at: this.now() });
  }

  private set(name: string, last: LastValue): void {
    this.points.set(name, last);
    const [oldest] = this.points.keys();
    if (this.points.size > MAX_POINTS && oldest !== undefined) this.points.delete(oldest);
    this.paced.changed();
  }

  private take(): LastRecord {
    for (const [name, last] of this.points) {
      if (this.isKnown(name)) this.points.set(name, { ...last, at: this.now() });
    }
    return { points: Object.fromEntries(this.points) };
  }

  private isKnown(name: string): boolean {
    const [device, point] = idsIn(name);
    return (this.parts.store.point(device, point)?.value ?? null) !== null;
  }

  private now(): number | null {
    return this.parts.clock.wall() ?? null;
  }
}

function isRecord(value: unknown): value is LastRecord {
  return isMap((value as Partial<LastRecord>).points, isLast);
}

function isLast(last: unknown): boolean {
  const { value, at, count = 0 } = (last ?? {}) as Partial<LastValue>;
  const isTime = at === null || Number.isInteger(at);
  return isValue(value) && isTime && Number.isInteger(count);
}
