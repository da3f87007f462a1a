import type { Clock } from '../../src/clock.js';

/** The time that the bridge had: while it is held up it can do nothing. */
export class OwnTime {
  constructor(
    private readonly clock: Clock,
    /** Milliseconds for which it was held up so far. */
    private readonly heldMs: () => number,
  ) {}

  /** Checks something after so much of it. */
  after(ms: number, check: () => void): void {
    const before = this.heldMs();
    this.clock.after(ms, () => {
      const more = this.heldMs() - before;
      if (more > 0) this.after(more, check);
      else check();
    });
  }
}
