import { expect, inject, it } from 'vitest';
import { runNoisyLine } from '../support/noisy-line.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** How many lines to say; `scripts/noisy-line.mjs` asks for more. */
    noisyLines?: number;
  }
}

const LINES = inject('noisyLines') ?? 210_000;

it.each([
  [1e-4, 0.48, 1],
  [1e-3, 0.37, 2],
  [1e-2, 0.15, 3],
])(
  'with a bit error rate of %d nothing wrong is believed, and no command is carried out twice',
  async (rate, share, seed) => {
    const lines = Math.ceil(LINES * share);
    const run = await runNoisyLine(rate, lines, seed);
    expect(run.wrong).toEqual([]);
    expect(run.lines).toBeGreaterThanOrEqual(lines);
    // The noise was there, and commands came through all the same.
    expect(run.dropped).toBeGreaterThan(50 * rate * lines);
    expect(run.confirmed).toBeGreaterThan(lines / 1_000);
    if (rate < 1e-3) expect(run.unconfirmed).toBeLessThan(run.confirmed / 1_000);
  },
);
