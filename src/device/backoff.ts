/** Delays between attempts: doubling from `min` to `max` milliseconds, each spread over the upper half of its span. */
export class Backoff {
  private tries = 0;

  constructor(
    private readonly min: number,
    private readonly max: number,
    private readonly random: () => number,
  ) {}

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const span = Math.min(this.max, this.min * 2 ** this.tries);
    if (span < this.max) this.tries++;
    return span * (0.5 + this.random() / 2);
  }

  /** Makes the next delay the longest one: trying again soon would not help. */
  exhaust(): void {
    while (this.min * 2 ** this.tries < this.max) this.tries++;
  }

  /** Begins anew with the shortest delay. */
  reset(): void {
    this.tries = 0;
  }
}
