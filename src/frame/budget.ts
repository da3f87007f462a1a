import type { Clock } from '../clock.js';

/** Current relays close a connection that sends more than 50 frames in a second, whatever they are. */
const RATE = 40;
const CAPACITY = 8;
/** Kept for acks and replies. */
const RESERVE = 2;

/** The frames that may be sent: 40 a second, 8 at once; at most 48 in any second. */
export class Budget {
  private tokens = CAPACITY;
  private at: number;

  constructor(private readonly clock: Clock) {
    this.at = clock.now();
  }

  /** Whole milliseconds until a frame may be sent; 0 now. Urgent frames may use the reserve. */
  waitMs(urgent: boolean): number {
    const now = this.clock.now();
    this.tokens = Math.min(CAPACITY, this.tokens + ((now - this.at) * RATE) / 1000);
    this.at = now;
    const needed = urgent ? 1 : 1 + RESERVE;
    return this.tokens >= needed ? 0 : Math.ceil(((needed - this.tokens) * 1000) / RATE);
  }

  /** A frame was sent. */
  spend(): void {
    this.tokens--;
  }
}
