import type { Clock, Timer } from '../clock.js';

/** Work that is done again and again, until all of it is stopped. */
export class Repeats {
  private readonly timers = new Map<() => void, Timer>();

  constructor(private readonly clock: Clock) {}

  /** Runs `work` each `ms` milliseconds, the first time after as long. */
  every(ms: number, work: () => void): void {
    const again = () => {
      this.timers.set(work, this.clock.after(ms, again));
      work();
    };
    this.timers.set(work, this.clock.after(ms, again));
  }

  stop(): void {
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
  }
}
