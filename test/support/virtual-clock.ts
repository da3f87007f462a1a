import type { Clock, Timer } from '../../src/clock.js';

interface Pending {
  at: number;
  order: number;
  fn: () => void;
}

/** A clock that moves only when a test says so; timers fire in order, with promises settled in between. */
export class VirtualClock implements Clock {
  private time = 0;
  private order = 0;
  private readonly pending = new Set<Pending>();
  /** Wall time at virtual time 0, or undefined for a machine whose clock is not set. */
  epoch: number | undefined = Date.UTC(2026, 5, 1);

  now(): number {
    return this.time;
  }

  wall(): number | undefined {
    return this.epoch === undefined ? undefined : Math.trunc(this.epoch + this.time);
  }

  after(ms: number, fn: () => void): Timer {
    const entry = { at: this.time + Math.max(0, ms), order: this.order++, fn };
    this.pending.add(entry);
    return { cancel: () => this.pending.delete(entry) };
  }

  /** Number of timers not yet fired or cancelled. */
  get timers(): number {
    return this.pending.size;
  }

  /** Moves time forward by `ms`, firing what falls due in order. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await this.settled();
    for (;;) {
      let next: Pending | undefined;
      for (const entry of this.pending) {
        if (entry.at <= end && (!next || entry.at < next.at || (entry.at === next.at && entry.order < next.order))) {
          next = entry;
        }
      }
      if (!next) break;
      this.pending.delete(next);
      this.time = Math.max(this.time, next.at);
      next.fn();
      await this.settled();
    }
    this.time = end;
  }

  /** Resolves once what is done at this moment is done. */
  protected async settled(): Promise<void> {
    await settle();
  }
}

/** The clock of a process that is held up now and then: time goes on by `slept`, and timers come late by that. */
export class SleepyClock extends VirtualClock {
  slept = 0;

  override now(): number {
    return super.now() + this.slept;
  }
}

/** A clock that remembers for how long it was asked to wait, in ms. */
export class WaitingClock extends VirtualClock {
  readonly waits: number[] = [];

  override after(ms: number, fn: () => void): Timer {
    this.waits.push(ms);
    return super.after(ms, fn);
  }
}

/** Lets promise reactions that are ready run, also chained ones. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
