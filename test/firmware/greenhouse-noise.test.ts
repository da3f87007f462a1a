import { describe, expect, inject, it } from 'vitest';
import { runNoisyUno } from '../support/noisy-uno.js';

/** `scripts/noisy-line.mjs` asks for more. In the worst noise most of the time goes by in waiting. */
const LINES = inject('noisyLines') ?? 5_000;
const RUNS = [
  [1e-4, 0.66],
  [1e-3, 0.3],
  [1e-2, 0.04],
] as const;

describe('the shipped firmware on a line that flips bits both ways', () => {
  it.each(RUNS)(
    'with a bit error rate of %f believes nothing wrong and switches once for each confirmation',
    async (rate, share) => {
      const lines = Math.ceil(LINES * share);
      const run = await runNoisyUno(rate, lines, 1);
      expect(run.wrong).toEqual([]);
      expect(run.lines).toBeGreaterThanOrEqual(lines);
      // In the worst noise hardly any command comes through in its time.
      expect(run.confirmed).toBeGreaterThanOrEqual(rate < 1e-2 ? lines / 10 : Math.floor(lines / 800));
      expect(run.overruns).toBe(0);
      // The noise was there.
      expect(rate < 1e-3 || run.unconfirmed > 0).toBe(true);
    },
    7_200_000,
  );
});
