import type { Clock } from '../clock.js';

/** This many sessions lost within a minute are too many. */
export const RESTARTS = 5;
const WINDOW_MS = 60_000;

/** Counts the sessions that a device lost. Once it is spent it stays so until a session has proven itself. */
export class RestartBudget {
  private losses: number[] = [];
  private isSpent = false;

  constructor(private readonly clock: Clock) {}

  /** True: sessions are lost so often that trying again soon would only add to the trouble. */
  get spent(): boolean {
    return this.isSpent;
  }

  /** True: it is spent, and a session was lost within the last minute. */
  get failing(): boolean {
    return this.isSpent && (this.losses.at(-1) ?? Number.NEGATIVE_INFINITY) > this.clock.now() - WINDOW_MS;
  }

  /** A session was lost; true where it was the one too many. */
  spend(): boolean {
    const now = this.clock.now();
    this.losses = [...this.losses.filter((at) => at > now - WINDOW_MS), now].slice(-RESTARTS);
    if (this.isSpent || this.losses.length < RESTARTS) return false;
    this.isSpent = true;
    return true;
  }

  /** A session has lasted. */
  refill(): void {
    this.losses = [];
    this.isSpent = false;
  }
}
