import type { Clock } from './clock.js';

/** The bytes that somebody may send; what was not used is saved for one second. */
export class ByteBudget {
  private left: number;
  private at: number;

  /** `perSecond`: 0 = no limit; `debt`: for how many seconds it has to be waited at most, however much came at once. */
  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
    private readonly debt = Number.POSITIVE_INFINITY,
  ) {
    this.left = perSecond;
    this.at = clock.now();
  }

  /** Counts bytes that came; returns for how many ms there is room for no others. */
  take(bytes: number): number {
    const { perSecond, debt, clock } = this;
    if (perSecond === 0) return 0;
    const now = clock.now();
    const saved = ((now - this.at) / 1_000) * perSecond;
    this.left = Math.max(Math.min(perSecond, this.left + saved) - bytes, -debt * perSecond);
    this.at = now;
    return this.left >= 0 ? 0 : (-this.left / perSecond) * 1_000;
  }
}
