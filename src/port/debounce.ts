import type { Clock, Timer } from '../clock.js';

/** Believes a level once it was the same for `ms` milliseconds; told only when it differs from the one before. */
export class Debounce {
  private timer: Timer | undefined;

  /** `read` says what the line is now; `stable` hears of each new stable level. */
  constructor(
    private readonly clock: Clock,
    private readonly ms: number,
    private level: boolean,
    private readonly read: () => boolean,
    private readonly stable: (level: boolean) => void,
  ) {}

  /** The last stable level. */
  get value(): boolean {
    return this.level;
  }

  /** The line changed: the wait begins anew. */
  changed(): void {
    this.timer?.cancel();
    this.timer = this.clock.after(this.ms, () => this.settle());
  }

  /** Looks whether a change went unheard. */
  look(): void {
    if (this.timer === undefined && this.read() !== this.level) this.changed();
  }

  /** Ends the wait; nothing is told any more. */
  cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private settle(): void {
    this.timer = undefined;
    const level = this.read();
    if (level === this.level) return;
    this.level = level;
    this.stable(level);
  }
}
