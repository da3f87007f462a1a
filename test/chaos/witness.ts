import type { Clock } from '../../src/clock.js';
import type { Value } from '../../src/device/point.js';
import type { Taps } from './cable.js';
import type { Dialect, Told } from './dialect.js';
import type { Ledger } from './ledger.js';

/** A pulled device's values are unknown on the channel within this time, and its health is no more `online`. */
export const FORGOTTEN_MS = 500;

interface Entry {
  readonly value: Value | null;
  readonly at: number;
}

/** One point: everything that was said of it, and how far each kind of frame has got in it. */
interface Record {
  said: Entry[];
  /** Published values must have been said from here on: this is where the session began. */
  floor: number;
  readonly reached: Map<string, number>;
}

/** Knows what one device truly said and was told, and holds what the bridge publishes of it against that. */
export class Witness implements Taps {
  /** When the device last got something that renews its leases. */
  renewedAt = Number.NEGATIVE_INFINITY;
  private readonly points = new Map<string, Record>();
  private readonly partial = { said: '', told: '', heard: '' };
  private pulledAt: number | undefined = 0;

  constructor(
    readonly id: string,
    private readonly dialect: Dialect,
    private readonly clock: Clock,
    private readonly ledger: Ledger,
    /** Called with every command that the bridge writes. */
    private readonly onTold: (device: string, told: Told) => void,
    private readonly slackMs: number,
    /** Milliseconds that the bridge had: while it is held up it can not know of anything. */
    private readonly lived: () => number,
  ) {}

  plugged(): void {
    this.pulledAt = undefined;
  }

  pulled(): void {
    this.pulledAt = this.lived();
  }

  /** The bridge begins anew with the device: what was said before is worth nothing now. */
  begin(): void {
    for (const record of this.points.values()) record.floor = record.said.length;
  }

  said(bytes: string): void {
    for (const line of this.lines('said', bytes)) {
      const { values, begun } = this.dialect.said(line);
      if (begun) this.begin();
      for (const { point, value } of values) this.record(point).said.push({ value, at: this.clock.now() });
    }
  }

  told(bytes: string): void {
    for (const line of this.lines('told', bytes)) {
      const told = this.dialect.told(line);
      if (told) this.onTold(this.id, told);
    }
  }

  heard(bytes: string): void {
    for (const line of this.lines('heard', bytes)) if (this.dialect.told(line)) this.renewedAt = this.clock.now();
  }

  /** The bridge publishes a value in a kind of frame: the device must have said it in this session, and nothing newer was published. */
  published(kind: string, point: string, value: unknown): void {
    const record = this.record(point);
    if (value === null) return;
    const { id, ledger } = this;
    const gone = this.isGone;
    ledger.check(
      !gone,
      `${id}.${point} is published as ${String(value)} though ${id} was pulled ${FORGOTTEN_MS} ms ago`,
    );
    const from = Math.max(record.floor, record.reached.get(kind) ?? 0);
    let at = from;
    while (at < record.said.length && record.said[at]?.value !== value) at++;
    if (at < record.said.length) {
      record.reached.set(kind, at);
      return;
    }
    const ever = record.said.some((entry) => entry.value === value);
    const why = ever ? 'it said that before what was published already, or before this session' : 'it never said that';
    ledger.violate(`${kind} frame: ${id}.${point} is published as ${String(value)}, but ${why}`);
  }

  /** The bridge publishes a health word. */
  publishedHealth(word: unknown): void {
    this.ledger.check(!this.isGone || word !== 'online', `${this.id} is published as online though it was pulled`);
  }

  /** Whether the device said this at `since` or later. */
  saidSince(point: string, value: unknown, since: number): boolean {
    const { said } = this.record(point);
    for (let index = said.length - 1; index >= 0; index--) {
      const entry = said[index];
      if (!entry || entry.at < since) return false;
      if (entry.value === value) return true;
    }
    return false;
  }

  /** What the device had said last at that time. */
  saidBefore(point: string, at: number): Value | null | undefined {
    return this.record(point).said.findLast((said) => said.at < at)?.value;
  }

  /** Milliseconds since the device said this last; Infinity: it never did. */
  ageOf(point: string, value: unknown): number {
    const entry = this.record(point).said.findLast((said) => said.value === value);
    return this.clock.now() - (entry?.at ?? Number.NEGATIVE_INFINITY);
  }

  /** Whether the bridge must know that it was pulled. */
  private get isGone(): boolean {
    return this.pulledAt !== undefined && this.lived() - this.pulledAt > FORGOTTEN_MS + this.slackMs;
  }

  private record(point: string): Record {
    let record = this.points.get(point);
    if (!record) {
      record = { said: [], floor: 0, reached: new Map() };
      this.points.set(point, record);
    }
    return record;
  }

  private lines(way: keyof Witness['partial'], bytes: string): string[] {
    const lines = (this.partial[way] + bytes).split('\n');
    this.partial[way] = (lines.pop() ?? '').slice(-256);
    return lines;
  }
}
