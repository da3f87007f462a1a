import type { Clock } from '../clock.js';
import type { Tallies } from '../device/tallies.js';
import { isMap } from './is-map.js';
import { PacedFile } from './paced-file.js';
import type { StateFile } from './state-file.js';

/** Counts by device and name, as a file has them. */
export interface TallyRecord {
  readonly counts: { readonly [tally: string]: number };
}

/** What kept tallies are built from. */
export interface KeptTalliesParts {
  /** None: they last until the bridge stops. */
  file: StateFile<TallyRecord> | undefined;
  clock: Clock;
  /** Least time in milliseconds between two writes: what was counted since the last one is lost when the power goes. */
  intervalMs: number;
}

/** So many are kept; the one that was not counted for longest goes first. */
const MAX_TALLIES = 1024;

/** The tallies of all devices. */
export class KeptTallies {
  private readonly counts: Map<string, number>;
  private readonly paced: PacedFile<TallyRecord> | undefined;

  constructor({ file, clock, intervalMs }: KeptTalliesParts) {
    this.counts = new Map(Object.entries(file?.read({ counts: {} }, isRecord).counts ?? {}));
    const take = () => ({ counts: Object.fromEntries(this.counts) });
    this.paced = file && new PacedFile({ file, take, clock, intervalMs });
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
