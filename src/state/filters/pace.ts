import { z } from 'zod';

/** Which of the values that a filter takes it also sends on: the `first`-th, then each `every`-th. */
export interface Pace {
  readonly every: number;
  readonly first: number;
}

/** `send_every` and `send_first_at`, for options that have them. */
export const paceShape = {
  send_every: z.int().min(1).max(10_000).default(1).describe('Says each such value only (ESPHome: 5, averages 15)'),
  send_first_at: z.int().min(1).max(10_000).default(1).describe('Says the first one after so many'),
};

/** Adds the problem that the first value would never be its turn. */
export function checkPace(
  { send_every, send_first_at }: { send_every: number; send_first_at: number },
  context: z.RefinementCtx,
): void {
  if (send_first_at <= send_every) return;
  const message = '`send_first_at` must not be above `send_every`';
  context.addIssue({ code: 'custom', path: ['send_first_at'], message });
}

/** Counts values and tells whose turn it is. */
export class Turn {
  private left: number;

  constructor(private readonly pace: Pace) {
    this.left = pace.first;
  }

  /** True where the value that came now is to be sent on. */
  next(): boolean {
    if (--this.left > 0) return false;
    this.left = this.pace.every;
    return true;
  }

  reset(): void {
    this.left = this.pace.first;
  }
}
