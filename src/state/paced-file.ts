import type { Clock, Timer } from '../clock.js';
import type { StateFile } from './state-file.js';

/** Least time in milliseconds between two writes; a function is asked each time. */
export type Interval = number | (() => number);

/** What a paced file is built from. */
export interface PacedFileParts<T extends object> {
  file: Pick<StateFile<T>, 'write' | 'settled'> & Partial<Pick<StateFile<T>, 'hangs'>>;
  /** What is to be kept, asked for whenever it is written. */
  take(): T;
  clock: Clock;
  intervalMs: Interval;
}

/** A disk that takes longer than so many milliseconds may never answer. */
const LONG_MS = 10_000;

/** Writes what changes all the time so seldom that an SD card lives long: the first change at once, the last one in any case. */
export class PacedFile<T extends object> {
  private writtenAt = Number.NEGATIVE_INFINITY;
  private timer: Timer | undefined;
  private closed = false;
  /** Changes so far, and how many of them are on the disk. */
  private changes = 0;
  private kept = 0;
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: PacedFileParts<T>) {}

  /** There is something else to keep than before. */
  changed(): void {
    if (this.closed) return;
    this.changes++;
    this.schedule();
  }

  /** Writes at once, whatever the pace; resolves with whether it is on the disk. What is not is tried again at the pace. */
  async write(): Promise<boolean> {
    const { file, take, clock } = this.parts;
    this.writtenAt = clock.now();
    const change = ++this.changes;
    const writing = file.write(take());
    this.underWay = writing;
    const long = clock.after(LONG_MS, () => file.hangs?.());
    const written = await writing;
    long.cancel();
    if (written) this.kept = Math.max(this.kept, change);
    else this.schedule();
    return written;
  }

  /** Writes what still waits; resolves once it is on the disk, or could not be written. */
  async settled(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    // It may fail, and would have been tried again.
    await this.underWay;
    if (this.kept < this.changes) await this.write();
    await this.parts.file.settled();
  }

  /** The same, and nothing is written by itself afterwards. */
  async close(): Promise<void> {
    this.closed = true;
    await this.settled();
  }

  private schedule(): void {
    const { clock, intervalMs } = this.parts;
    if (this.timer || this.closed) return;
    const ms = typeof intervalMs === 'number' ? intervalMs : intervalMs();
    this.timer = clock.after(Math.max(0, this.writtenAt + ms - clock.now()), () => {
      this.timer = undefined;
      void this.write();
    });
  }
}
