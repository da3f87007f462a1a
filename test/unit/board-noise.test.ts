import { expect, inject, it } from 'vitest';
import { connectNoisily, runNoisyLine } from '../support/noisy-line.js';

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

it('carries commands out once also where their ids begin again', async () => {
  const run = await runNoisyLine(1e-4, 215_000, 4, { readings: 0, session: 70_000 });
  expect(run.wrong).toEqual([]);
  expect(run.losses).toBe(0);
  expect(run.confirmed).toBeGreaterThan(66_000);
});

it('connects within 15 s with a bit error rate of 0.001', async () => {
  expect(await connectNoisily(1e-3, 100, 15_000)).toBe(100);
});
