import type { Clock, Timer } from '../clock.js';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A recording's clock: it stands still while anything is done, and is set from moment to moment, its timers in order. */
export class ReplayClock implements Clock {
  private order = 0;
  private readonly pending = new Set<Pending>();
  /** What takes time outside of the recording is over once this resolves: a disk is as fast as a thought here. */
  outside: () => Promise<void> = async () => {};

  /** `wall`: wall time at `time`, where the clock was set. */
  constructor(
    private time: number,
    private readonly begun: number | undefined,
    private readonly start = time,
  ) {}

  now(): number {
    return this.time;
  }

  wall(): number | undefined {
    return this.begun === undefined ? undefined : Math.trunc(this.begun + this.time - this.start);
  }

  after(ms: number, run: () => void): Timer {
    const entry = { at: this.time + Math.max(0, ms), order: this.order++, run };
    this.pending.add(entry);
    return { cancel: () => this.pending.delete(entry) };
  }

  /** Goes on to `time`; timers that are due on the way run first, with all that follows from each. */
  async advanceTo(time: number): Promise<void> {
    await this.settled();
    for (let due = this.first(); due && due.at <= time; due = this.first()) {
      this.pending.delete(due);
      this.time = Math.max(this.time, due.at);
      due.run();
      await this.settled();
    }
    this.time = Math.max(this.time, time);
  }

  /** Resolves when what was ready to go on went on, and what that made ready. */
  async settled(): Promise<void> {
    await turns();
    await this.outside();
    await turns();
  }

  private first(): Pending | undefined {
    let first: Pending | undefined;
    for (const entry of this.pending) {
      if (!first || entry.at < first.at || (entry.at === first.at && entry.order < first.order)) first = entry;
    }
    return first;
  }
}

async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
