import type { Ledger } from './ledger.js';

/** What was counted is on the disk after so long, where it is written once a second. */
const KEPT_MS = 1_500;

/** What it takes to watch over counts. */
export interface CountsParts {
  readonly ledger: Ledger;
  /** Milliseconds that bridges had: one that is held up writes nothing. */
  lived(): number;
}

/** Sees that bridges count on from where the one before ended. */
export class Counts {
  private readonly counted: { readonly count: number; readonly at: number }[] = [{ count: 0, at: 0 }];
  private inOrder = true;
  /** The bridge that runs has not begun to count yet. */
  private isIdle = false;
  private doubtful = false;

  constructor(private readonly parts: CountsParts) {}

  /** The bridge has counted so far. */
  reached(count: number): void {
    this.counted.push({ count, at: this.parts.lived() });
  }

  /** It ends, and could write down where it was, or not. */
  ended(inOrder: boolean): void {
    if (this.isIdle) return;
    this.isIdle = true;
    this.inOrder = inOrder;
    const late = this.parts.lived() - (inOrder ? 0 : KEPT_MS);
    const kept = this.counted.findLastIndex(({ at }) => at <= late);
    // What may be on the disk first, what was counted last.
    this.counted.splice(0, Math.max(0, kept));
  }

  /** What is on the disk may be older, or lost. */
  doubt(): void {
    this.doubtful = true;
  }

  /** The next bridge begins to count from here. */
  begun(count: number): void {
    const least = this.doubtful ? 0 : (this.counted.at(0)?.count ?? 0);
    const most = this.counted.at(-1)?.count ?? 0;
    const ended = this.inOrder ? 'was stopped' : 'was killed';
    const what = `a bridge counts on from ${count}, and the one before, which ${ended}, had counted ${least} to ${most}`;
    this.parts.ledger.check(count >= least && count <= most, what);
    this.doubtful = false;
    this.isIdle = false;
    this.counted.splice(0);
    this.reached(count);
  }
}
