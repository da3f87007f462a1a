import type { Clock } from '../clock.js';

/** Small reads for this long, each soon after the one before, make a stream that trickles in; a line or two is shorter. */
const LASTS_MS = 25;
const SMALL_BYTES = 512;
const SOON_MS = 5;
const PAUSE_MS = 4;

/**
 * Puts off the reads of a port whose bytes come in a steady trickle, so that each wake-up finds more of them: most of what
 * reading costs is waking up. What comes after a quiet spell is read at once, and so is a flood.
 */
export class ReadPace {
  /** Since when bytes trickle in. */
  private trickleSince = 0;
  /** Since when the next read waits for bytes. */
  private waitsSince = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  /** To be called after each read with its bytes; returns the milliseconds to wait before the next, mostly 0. */
  pauseAfter(bytes: number): number {
    const now = this.clock.now();
    if (bytes >= SMALL_BYTES || now - this.waitsSince >= SOON_MS) this.trickleSince = now;
    const pause = now - this.trickleSince >= LASTS_MS ? PAUSE_MS : 0;
    this.waitsSince = now + pause;
    return pause;
  }
}
