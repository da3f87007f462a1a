import type { Clock } from '../clock.js';
import type { Tallies } from '../device/tallies.js';
import { isMap } from './is-map.js';
import { type Interval, PacedFile } from './paced-file.js';
import type { StateFile } from './state-file.js';

/** Counts by device and name, as a file has them. */
export interface TallyRecord {
  readonly counts: { readonly [tally: string]: number };
}

/** What kept tallies are built from. */
export interface KeptTalliesParts {
  clock: Clock;
  /** What was counted since the last write is lost when the power goes. */
  intervalMs: Interval;
}

/** So many are kept; the one that was not counted for longest goes first. */
const MAX_TALLIES = 1024;

/** The tallies of all devices. */
export class KeptTallies {
  private readonly counts = new Map<string, number>();
  private paced: PacedFile<TallyRecord> | undefined;

  constructor(private readonly parts: KeptTalliesParts) {}

  /** Keeps them in another file from now on, or in none, as at the beginning: they last until the bridge stops; what was counted so far goes on. Resolves once the one before is closed. */
  async keepIn(file: StateFile<TallyRecord> | undefined): Promise<void> {
    const before = this.paced;
    const isNews = this.counts.size > 0;
    const found: TallyRecord['counts'] = file?.read({ counts: {} }, isRecord).counts ?? {};
    for (const [tally, count] of Object.entries(found)) if (!this.counts.has(tally)) this.counts.set(tally, count);
    const take = () => ({ counts: Object.fromEntries(this.counts) });
    this.paced = file && new PacedFile({ ...this.parts, file, take });
    if (isNews) this.paced?.changed();
    await before?.close();
  }

  /** The tallies of one device. */
  of(device: string): Tallies {
    return {
      get: (name) => this.counts.get(`${device}.${name}`) ?? 0,
      set: (name, count) => this.set(`${device}.${name}`, count),
    };
  }

  /** Writes what still waits; nothing is written afterwards. */
  async close(): Promise<void> {
    await this.paced?.close();
  }

  private set(tally: string, count: number): void {
    this.counts.delete(tally);
    this.counts.set(tally, count);
    const [oldest] = this.counts.keys();
    if (this.counts.size > MAX_TALLIES && oldest !== undefined) this.counts.delete(oldest);
    this.paced?.changed();
  }
}

function isRecord(value: unknown): value is TallyRecord {
  return isMap((value as Partial<TallyRecord>).counts, Number.isSafeInteger);
}
