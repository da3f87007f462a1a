import type { Clock } from '../clock.js';
import { PacedFile } from './paced-file.js';
import type { StateFile } from './state-file.js';

/** What reads and writes one object. */
export type ObjectFile<T extends object> = Pick<StateFile<T>, 'read' | 'write' | 'settled'>;

/** Milliseconds until what could not be written is tried again. */
const AGAIN_MS = 10_000;

/** A state file of what must not get lost: what can't be written, as on a full disk, is tried again until it can. */
export class KeptFile<T extends object> implements ObjectFile<T> {
  private value: T | undefined;
  private readonly paced: PacedFile<T>;

  constructor(
    private readonly file: StateFile<T>,
    clock: Clock,
  ) {
    this.paced = new PacedFile({ file, take: () => this.value as T, clock, intervalMs: AGAIN_MS });
  }

  read<Fallback>(fallback: Fallback, accepts: (value: unknown) => value is T, inDoubt?: T): T | Fallback {
    return this.file.read(fallback, accepts, inDoubt);
  }

  /** Writes at once; resolves with whether that is on the disk. */
  write(value: T): Promise<boolean> {
    this.value = value;
    return this.paced.write();
  }

  /** Resolves once the last value is on the disk, or could not be written, though it was tried once more. */
  async settled(): Promise<void> {
    await this.paced.settled();
  }

  /** The same, and it is not tried again afterwards. */
  async close(): Promise<void> {
    await this.paced.close();
  }
}
