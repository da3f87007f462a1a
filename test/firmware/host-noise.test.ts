import { describe, expect, inject, it } from 'vitest';
import { HostBoard } from '../support/host-board.js';
import { hasCompiler } from '../support/host-core.js';
import { type NoisyBoardOf, runNoisyLine } from '../support/noisy-line.js';

/** `scripts/noisy-line.mjs` asks for more. */
const LINES = inject('noisyLines') ?? 12_000;

const compiled: NoisyBoardOf = (clock, random) => new HostBoard(clock, 'noise', random);

describe.skipIf(!hasCompiler)('the core of the Arduino library on a line that flips bits both ways', () => {
  it.each([
    [1e-4, 0.48, 1],
    [1e-3, 0.37, 2],
    [1e-2, 0.15, 3],
  ])(
    'with a bit error rate of %d says and does nothing wrong, and each command once',
    async (rate, share, seed) => {
      const lines = Math.ceil(LINES * share);
      const run = await runNoisyLine(rate, lines, seed, { readings: 4, session: 5_000 }, compiled);
      expect(run.wrong).toEqual([]);
      expect(run.lines).toBeGreaterThanOrEqual(lines);
      expect(run.dropped).toBeGreaterThan(20 * rate * lines);
      expect(run.confirmed).toBeGreaterThan(lines / 1_000);
      if (rate < 1e-3) expect(run.unconfirmed).toBeLessThan(run.confirmed / 100);
    },
    7_200_000,
  );
});
