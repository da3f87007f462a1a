import type { Clock } from '../clock.js';
import { Deadlines } from './deadlines.js';
import type { OutputName } from './on-times.js';

/** What the watch over the longest times is built from. */
export interface LongestOnParts {
  readonly clock: Clock;
  /** True while an output is put to its safe value and was not seen there. */
  isGoingSafe(name: OutputName): boolean;
  /** Puts an output that was on for as long as it may be to its safe value. */
  over(name: OutputName): void;
}

/** Outputs that have a longest time on: when that is over, and which nobody may switch on before they were seen off. */
export class LongestOn {
  private readonly ends: Deadlines;
  private readonly spent = new Set<OutputName>();

  constructor(private readonly parts: LongestOnParts) {
    this.ends = new Deadlines(parts.clock);
  }

  /** An output is on since then, or off; `maxOn`: milliseconds that it may be on. */
  look(name: OutputName, since: number | undefined, maxOn: number | undefined): void {
    if (since === undefined) this.ends.cancel(name);
    else if (maxOn !== undefined && !this.ends.has(name) && !this.isSpent(name)) {
      this.ends.set(name, since + maxOn - this.parts.clock.now(), () => {
        this.spent.add(name);
        this.parts.over(name);
      });
    }
  }

  /** It is switched on, which was allowed. */
  begin(name: OutputName): void {
    this.spent.delete(name);
  }

  /** True while it was on as long as it may be, and was not seen off since. */
  isSpent(name: OutputName): boolean {
    return this.spent.has(name) && this.parts.isGoingSafe(name);
  }

  /** The output is no more. */
  forget(name: OutputName): void {
    this.ends.cancel(name);
    this.spent.delete(name);
  }

  close(): void {
    this.ends.close();
  }
}
