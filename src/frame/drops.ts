import type { Clock } from '../clock.js';

/** Why frames were dropped: no relay, a relay or phone that does not keep up, more than may be sent, or the end. */
export type DropCause = 'away' | 'slow' | 'flood' | 'stop';

/** The same in words. */
export const CAUSES: Readonly<Record<DropCause, string>> = {
  away: 'the relay is away',
  slow: 'the relay, or a phone on it, is too slow',
  flood: 'more came than may be sent',
  stop: 'the bridge stopped',
};

const LONG_BURST_MS = 10_000;

/** Counts dropped frames and says so: once a burst, every 10 s of a long one, and where the cause becomes another one. */
export class Drops {
  /** Frames dropped so far. */
  total = 0;

  private burst = 0;
  private burstAt = 0;
  private cause: DropCause = 'away';

  constructor(
    private readonly clock: Clock,
    private readonly say: (count: number, cause: DropCause) => void,
  ) {}

  add(count: number, cause: DropCause): void {
    if (count === 0) return;
    if (cause !== this.cause) this.report();
    const now = this.clock.now();
    if (this.burst === 0) this.burstAt = now;
    this.cause = cause;
    this.burst += count;
    this.total += count;
    if (now - this.burstAt >= LONG_BURST_MS) this.report();
  }

  /** The burst is over: says how many were dropped since it was last said. */
  report(): void {
    if (this.burst === 0) return;
    const count = this.burst;
    this.burst = 0;
    this.say(count, this.cause);
  }
}
