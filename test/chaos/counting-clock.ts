import type { Clock, Timer } from '../../src/clock.js';
import { systemClock } from '../../src/system-clock.js';

/** The machine's clock, which knows how many timers are pending. */
export class CountingClock implements Clock {
  timers = 0;
  private readonly clock = systemClock();

  now(): number {
    return this.clock.now();
  }

  wall(): number | undefined {
    return this.clock.wall();
  }

  after(ms: number, fn: () => void): Timer {
    let pending = true;
    const over = () => {
      if (pending) this.timers--;
      pending = false;
    };
    this.timers++;
    const timer = this.clock.after(ms, () => {
      over();
      fn();
    });
    return {
      cancel: () => {
        over();
        timer.cancel();
      },
    };
  }
}
