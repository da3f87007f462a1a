import type { Clock } from '../clock.js';
import { Senders } from '../senders.js';

/** Commands per second of one sender, and of all together. */
const PER_SENDER = 10;
const OVERALL = 100;
/** Senders told apart; the rest share one allowance. */
export const MAX_SENDERS = 64;

interface Bucket {
  tokens: number;
  filled: number;
}

/** Token buckets: how soon a sender's next command may go on. */
export class CommandRate {
  private readonly senders: Senders<Bucket>;
  private readonly overall: Bucket;

  constructor(private readonly clock: Clock) {
    this.senders = new Senders(clock, MAX_SENDERS, () => ({ tokens: PER_SENDER, filled: clock.now() }));
    this.overall = { tokens: OVERALL, filled: clock.now() };
  }

  /** Takes one command's allowance; 0 when it was there, else the milliseconds until it will be. */
  take(sender: string): number {
    const bucket = this.senders.of(sender);
    const wait = Math.max(this.missing(bucket, PER_SENDER), this.missing(this.overall, OVERALL));
    if (wait === 0) {
      bucket.tokens--;
      this.overall.tokens--;
    }
    return wait;
  }

  private missing(bucket: Bucket, rate: number): number {
    const now = this.clock.now();
    bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.filled) * rate) / 1000);
    bucket.filled = now;
    return bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) * 1000) / rate);
  }
}
