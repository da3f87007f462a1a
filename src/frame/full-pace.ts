import type { Clock, Timer } from '../clock.js';

/** Between full states that were asked for. */
const FULL_MS = 1_000;

/** Full states for whoever polls: at once after a quiet second; requests within it become one at its end. */
export class FullPace {
  private at = Number.NEGATIVE_INFINITY;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly say: () => void,
  ) {}

  request(): void {
    if (this.timer) return;
    const wait = this.at + FULL_MS - this.clock.now();
    if (wait <= 0) this.say();
    else {
      this.timer = this.clock.after(wait, () => {
        this.timer = undefined;
        this.say();
      });
    }
  }

  /** Everything was said, whoever asked for it. */
  said(): void {
    this.at = this.clock.now();
  }

  /** Forgets who asked. */
  clear(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
