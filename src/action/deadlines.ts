import type { Clock, Timer } from '../clock.js';

/** One deadline for each name; a later one takes the place of the one before. */
export class Deadlines {
  private readonly timers = new Map<string, Timer>();

  constructor(private readonly clock: Clock) {}

  has(name: string): boolean {
    return this.timers.has(name);
  }

  /** Calls `over` once in `ms` milliseconds. */
  set(name: string, ms: number, over: () => void): void {
    this.cancel(name);
    const timer = this.clock.after(ms, () => {
      this.timers.delete(name);
      over();
    });
    this.timers.set(name, timer);
  }

  cancel(name: string): void {
    this.timers.get(name)?.cancel();
    this.timers.delete(name);
  }

  close(): void {
    for (const name of [...this.timers.keys()]) this.cancel(name);
  }
}
