import type { Clock } from '../clock.js';

/** Commands per second of one sender, and of all together. */
const PER_SENDER = 10;
const OVERALL = 100;
/** Senders told apart; names are free to invent, so the rest share one allowance. */
const MAX_SENDERS = 64;

interface Bucket {
  tokens: number;
  filled: number;
}

/** Token buckets: how soon a sender's next command may go on. */
export class CommandRate {
  private readonly senders = new Map<string, Bucket>();
  private readonly overall: Bucket;

  constructor(private readonly clock: Clock) {
    this.overall = { tokens: OVERALL, filled: clock.now() };
  }

  /** Takes one command's allowance; 0 when it was there, else the milliseconds until it will be. */
  take(sender: string): number {
    const bucket = this.bucketOf(sender);
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

  private bucketOf(sender: string): Bucket {
    const known = this.senders.get(sender);
    if (known) return known;
    if (this.senders.size >= MAX_SENDERS) this.forgetIdle();
    const name = this.senders.size >= MAX_SENDERS ? '' : sender;
    const bucket = this.senders.get(name) ?? { tokens: PER_SENDER, filled: this.clock.now() };
    this.senders.set(name, bucket);
    return bucket;
  }

  private forgetIdle(): void {
    const idle = this.clock.now() - 1000;
    for (const [name, bucket] of this.senders) if (bucket.filled < idle) this.senders.delete(name);
  }
}
