import type { Clock, Timer } from '../clock.js';

/** Runs something a moment after it was asked for; what is asked for meanwhile is one. */
export class Paced {
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly ms: number,
    private readonly run: () => void,
  ) {}

  request(): void {
    this.timer ??= this.clock.after(this.ms, () => {
      this.timer = undefined;
      this.run();
    });
  }

  cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
