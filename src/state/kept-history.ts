import type { Clock } from '../clock.js';
import { type History, SAMPLES, type Samples } from './history.js';
import { isMap } from './is-map.js';
import { type Interval, PacedFile } from './paced-file.js';
import type { StateFile } from './state-file.js';

/** Samples as a file has them. */
export interface HistoryRecord {
  /** When they were written: integer milliseconds since 1970; null where the clock was not set. */
  readonly at: number | null;
  readonly samples: Samples;
}

/** What a kept history is built from. */
export interface KeptHistoryParts {
  history: History;
  file: StateFile<HistoryRecord>;
  clock: Clock;
  /** Between two samples, in milliseconds; undefined: it begins late, and what is in the file is older than what there is. */
  sampleMs: number | undefined;
  intervalMs: Interval;
}

/** A history that is still there after a restart, as far as a sparkline would still show it; not where the clock is not set. */
export class KeptHistory {
  private readonly paced: PacedFile<HistoryRecord>;
  /** Samples that were there when it was looked at last. */
  private seen: number;

  constructor(private readonly parts: KeptHistoryParts) {
    const { history, file, clock, sampleMs } = parts;
    const take = () => ({ at: clock.wall() ?? null, samples: history.snapshot() });
    this.paced = new PacedFile({ ...parts, take });
    this.seen = history.taken;
    if (sampleMs === undefined) return;
    const { at, samples } = file.read({ at: null, samples: {} }, isRecord);
    const age = (clock.wall() ?? Number.NaN) - (at ?? Number.NaN);
    if (age >= 0 && age < SAMPLES * sampleMs) history.resume(samples);
  }

  /** It was time for samples; where no point had any there is nothing to keep. */
  sampled(): void {
    const { taken } = this.parts.history;
    if (taken > this.seen) this.paced.changed();
    this.seen = taken;
  }

  /** Writes what still waits; nothing is written afterwards. */
  async close(): Promise<void> {
    await this.paced.close();
  }
}

function isRecord(value: unknown): value is HistoryRecord {
  const { at, samples } = value as Partial<HistoryRecord>;
  const isList = (list: unknown) => Array.isArray(list) && list.every((sample) => typeof sample === 'number');
  return (at === null || Number.isInteger(at)) && isMap(samples, (points) => isMap(points, isList));
}
