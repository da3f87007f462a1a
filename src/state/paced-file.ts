import type { Clock, Timer } from '../clock.js';
import type { StateFile } from './state-file.js';

/** What a paced file is built from. */
export interface PacedFileParts<T extends object> {
  file: Pick<StateFile<T>, 'write' | 'settled'>;
  /** What is to be kept, asked for whenever it is written. */
  take(): T;
  clock: Clock;
  /** Least time in milliseconds between two writes. */
  intervalMs: number;
}

/** Writes what changes all the time so seldom that an SD card lives long: the first change at once, the last one in any case. */
export class PacedFile<T extends object> {
  private writtenAt = Number.NEGATIVE_INFINITY;
  private timer: Timer | undefined;
  private closed = false;

  constructor(private readonly parts: PacedFileParts<T>) {}

  /** There is something else to keep than before. */
  changed(): void {
    const { clock, intervalMs } = this.parts;
    if (this.timer || this.closed) return;
    this.timer = clock.after(Math.max(0, this.writtenAt + intervalMs - clock.now()), () => {
      this.timer = undefined;
      void this.write();
    });
  }

  /** Writes at once, whatever the pace; resolves with whether it is on the disk. What is not is tried again at the pace. */
  async write(): Promise<boolean> {
    const { file, take, clock } = this.parts;
    this.writtenAt = clock.now();
    const written = await file.write(take());
    if (!written) this.changed();
    return written;
  }

  /** Writes what still waits; resolves once it is on the disk, or could not be written. Nothing is written afterwards. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.timer) {
      this.timer.cancel();
      this.timer = undefined;
      await this.write();
    }
    await this.parts.file.settled();
  }
}
