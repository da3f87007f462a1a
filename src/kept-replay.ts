import type { Clock } from './clock.js';
import { ReplayMemory } from './mesh/e2ee-replay.js';
import { isMap } from './state/is-map.js';
import { PacedFile } from './state/paced-file.js';
import type { StateFile } from './state/state-file.js';

/** What is kept of sealed frames that came: the newest counter by salt. */
export interface ReplayRecord {
  readonly seen: { readonly [salt: string]: number };
}

/** Least time in milliseconds between two writes. */
const INTERVAL_MS = 10_000;

/** Which sealed frames came before, also before the start: a recording must not switch anything then either. */
export class KeptReplay {
  readonly memory: ReplayMemory;
  private readonly file: PacedFile<ReplayRecord>;

  constructor(file: StateFile<ReplayRecord>, clock: Clock) {
    const memory = new ReplayMemory(file.read({ seen: {} }, isRecord).seen);
    this.file = new PacedFile({ file, take: () => ({ seen: memory.seen() }), clock, intervalMs: INTERVAL_MS });
    memory.changed = () => this.file.changed();
    this.memory = memory;
  }

  /** Writes what still waits; resolves once it is on the disk, or could not be written. */
  async close(): Promise<void> {
    await this.file.close();
  }
}

function isRecord(value: unknown): value is ReplayRecord {
  return isMap((value as Partial<ReplayRecord>).seen, Number.isSafeInteger);
}
