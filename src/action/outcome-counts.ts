import type { Outcome, RefusalCode } from '../device/outcome.js';

/** How many commands came to which end. */
export class OutcomeCounts {
  /** Commands that their devices confirmed. */
  ok = 0;
  /** The others, by the reason why not. */
  readonly refused = new Map<RefusalCode, number>();

  /** Counts a command once its outcome is known. */
  async count(outcome: Promise<Outcome>): Promise<void> {
    const result = await outcome;
    if (result.ok) this.ok++;
    else this.refused.set(result.code, (this.refused.get(result.code) ?? 0) + 1);
  }
}
