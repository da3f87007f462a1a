import { describe, expect, it } from 'vitest';
import { runNoisyUno } from '../support/noisy-uno.js';

/** 20 000 lines in all; in the worst noise most of the time goes by in waiting. */
const RUNS = [
  [1e-4, 13_200],
  [1e-3, 6_000],
  [1e-2, 800],
] as const;

describe('the shipped firmware on a line that flips bits both ways', () => {
  it.each(RUNS)(
    'with a bit error rate of %f believes nothing wrong and switches once for each confirmation',
    async (rate, lines) => {
      const run = await runNoisyUno(rate, lines, 1);
      expect(run.wrong).toEqual([]);
      expect(run.lines).toBeGreaterThanOrEqual(lines);
      expect(run.confirmed).toBeGreaterThan(rate < 1e-2 ? lines / 10 : 0);
      expect(run.overruns).toBe(0);
      // The noise was there.
      expect(rate < 1e-3 || run.unconfirmed > 0).toBe(true);
    },
    180_000,
  );
});
