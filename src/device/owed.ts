import type { Timer } from '../clock.js';
import type { Value } from './point.js';

/** An output that has to go back. */
export interface Due {
  readonly value: Value;
  telling: boolean;
  /** When the last attempt failed. */
  failedAt: number | undefined;
  timer: Timer | undefined;
}

/** What one board is owed. */
export interface Debts {
  /** Outputs that have to go back, by point. */
  readonly due: Map<string, Due>;
  /** True where an emergency stop did not reach its outputs: nobody knows what they are since. */
  missedStop: boolean;
}

/**
 * What a device's boards are owed. Whoever takes the place of an absent board brings its own outputs and safe values: what
 * it is owed means nothing to the other one, and what that one is owed is not settled by it.
 */
export class Owed {
  private readonly boards = new Map<string, Debts>();
  /** The board that was there last with its owner's consent. */
  private approved: string | undefined;
  private now: Debts;

  constructor(missedStop: boolean) {
    this.now = { due: new Map(), missedStop };
  }

  /** What the board is owed that is there, or was there last. */
  get current(): Debts {
    return this.now;
  }

  /** A board is there. Only one that is approved makes others be forgotten, as one of them may be the owner's. */
  meet(board: string, approved: boolean): void {
    const missedStop = [this.now, ...this.boards.values()].some((debts) => debts.missedStop);
    for (const { timer } of this.now.due.values()) timer?.cancel();
    this.now = this.boards.get(board) ?? { due: new Map(), missedStop };
    if (approved) this.approved = board;
    for (const other of this.boards.keys()) if (other !== this.approved) this.boards.delete(other);
    this.boards.set(board, this.now);
  }

  /** An emergency stop: whoever is not there did not hear of it. */
  stop(isThere: boolean): void {
    for (const debts of [this.now, ...this.boards.values()]) debts.missedStop ||= !isThere || debts !== this.now;
  }
}
