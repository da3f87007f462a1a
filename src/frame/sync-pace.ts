import type { Clock, Timer } from '../clock.js';

/** Phones that come within this time are answered together. */
const TOGETHER_MS = 10;
/** Answers at hand after a quiet spell, and the time that brings another one. */
const BURST = 5;
const ANOTHER_MS = 1_000;
/** Phones answered at a time, and phones that may wait. */
const AT_A_TIME = 16;
const WAITING = 64;

/** Answers phones that come (back): at once whoever comes, and once a second those that never stop asking. */
export class SyncPace {
  private readonly waiting = new Set<string>();
  private timer: Timer | undefined;
  private left = BURST;
  private at: number;

  /** `answer` is told which phones gave a name. */
  constructor(
    private readonly clock: Clock,
    private readonly answer: (phones: readonly string[]) => void,
  ) {
    this.at = clock.now();
  }

  /** Somebody wants everything; `phone`: his name, where he is to be answered by it. */
  request(phone?: string): void {
    if (phone !== undefined && this.waiting.size < WAITING) this.waiting.add(phone);
    this.timer ??= this.clock.after(Math.max(TOGETHER_MS, this.wait()), () => this.fire());
  }

  /** Forgets who waits. */
  clear(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.waiting.clear();
  }

  private fire(): void {
    this.timer = undefined;
    this.wait();
    this.left--;
    const phones = [...this.waiting].slice(0, AT_A_TIME);
    for (const phone of phones) this.waiting.delete(phone);
    this.answer(phones);
    if (this.waiting.size > 0) this.request();
  }

  /** Milliseconds until an answer is at hand. */
  private wait(): number {
    const now = this.clock.now();
    this.left = Math.min(BURST, this.left + (now - this.at) / ANOTHER_MS);
    this.at = now;
    return this.left >= 1 ? 0 : Math.ceil((1 - this.left) * ANOTHER_MS);
  }
}
