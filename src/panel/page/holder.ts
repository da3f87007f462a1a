import type { Clock, Timer } from '../../clock.js';

/** The bridge lets an output go when three of these words in a row do not come. */
const AGAIN_MS = 250;

/** A button that is held: it commands once, and says that it is still held until it is let go. */
export class Holder {
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly command: () => void,
    private readonly say: (held: boolean) => void,
  ) {}

  /** Pressed; a second time means nothing. */
  press(): void {
    if (this.timer) return;
    this.command();
    this.again();
  }

  /** Let go, or no longer under anybody's finger; without a press before it means nothing. */
  release(): void {
    if (!this.timer) return;
    this.timer.cancel();
    this.timer = undefined;
    this.say(false);
  }

  private again(): void {
    this.timer = this.clock.after(AGAIN_MS, () => {
      this.say(true);
      this.again();
    });
  }
}
