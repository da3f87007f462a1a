import type { Clock } from '../clock.js';
import type { OutputName } from './on-times.js';

/** Armed outputs are remembered for at most so many senders. */
const MAX_ARMED = 256;

/** Who may switch a dangerous output on, and until when: only who has just armed it. */
export class Arming {
  private readonly until = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Arms an output for a sender for `ms` milliseconds. */
  arm(name: OutputName, from: string, ms: number): void {
    const key = keyOf(name, from);
    this.until.delete(key);
    this.until.set(key, this.clock.now() + ms);
    for (const [old, until] of this.until) {
      if (this.until.size <= MAX_ARMED && until > this.clock.now()) break;
      this.until.delete(old);
    }
  }

  isArmed(name: OutputName, from: string): boolean {
    return this.clock.now() < (this.until.get(keyOf(name, from)) ?? Number.NEGATIVE_INFINITY);
  }

  /** Nobody has armed anything any more. */
  clear(): void {
    this.until.clear();
  }
}

function keyOf(name: OutputName, from: string): string {
  return JSON.stringify([name, from]);
}
