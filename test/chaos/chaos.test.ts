import { describe, expect, it } from 'vitest';
import { BROKEN } from './broken/index.js';
import { FAULTS } from './faults/index.js';
import { Report } from './report.js';
import { RECOVERY_MS, run } from './run.js';
import { BOARD_POINTS } from './specimen.js';

/** The command does more of them. */
const RUNS = 60;

describe('with faults drawn from a seed', () => {
  it(`${RUNS} runs break nothing, and each recovers in time`, { timeout: 180_000 }, async () => {
    const wrong: string[] = [];
    for (let seed = 1; seed <= RUNS; seed++) {
      const { violations, recoveryMs = Number.POSITIVE_INFINITY } = await run({ seed });
      wrong.push(...violations.map((violation) => `seed ${seed}: ${violation}`));
      if (recoveryMs > RECOVERY_MS) wrong.push(`seed ${seed} recovered after ${recoveryMs} ms`);
    }
    expect(wrong).toEqual([]);
  });

  it.each(FAULTS.map((kind) => [kind.name, kind] as const))(
    '%s, alone and with itself, breaks nothing',
    async (_, kind) => {
      for (const seed of [1, 2]) expect((await run({ seed, kinds: [kind] })).violations).toEqual([]);
    },
  );

  it('a seed replays exactly', async () => {
    const [one, other] = [await run({ seed: 7 }), await run({ seed: 7 })];
    expect(other.hash).toBe(one.hash);
    expect((await run({ seed: 8 })).hash).not.toBe(one.hash);
  });
});

describe('what must never happen is found out', () => {
  it.each(BROKEN.map(([what, ...broken]) => [what, broken] as const))('%s', { timeout: 60_000 }, async (_, broken) => {
    const [found, sabotage, fault] = broken;
    const violations: string[] = [];
    const kinds = FAULTS.filter(({ name }) => fault === undefined || name === fault);
    for (let seed = 1; seed <= 30 && !violations.some((violation) => found.test(violation)); seed++) {
      const { recoveryMs = 0, ...result } = await run({ seed, sabotage, kinds });
      violations.push(...result.violations);
      if (recoveryMs > RECOVERY_MS) violations.push(`recovered after ${recoveryMs.toFixed(0)} ms`);
    }
    expect(violations).toContainEqual(expect.stringMatching(found));
  });

  const LONELY = ['transmit-dead', 'bridge held up', 'bridge killed'];
  it.each(LONELY)('a board that holds outputs on without its host: %s', async (lonely) => {
    const points = BOARD_POINTS.map((point) => ({ ...point, lease: 0 }));
    const kinds = FAULTS.filter(({ name }) => name === lonely);
    const violations: string[] = [];
    for (let seed = 1; seed <= 30; seed++) violations.push(...(await run({ seed, kinds, points })).violations);
    expect(violations).toContainEqual(expect.stringMatching(/is on .* after its host's last word/));
  });

  it('a promise that is rejected and that nobody listens to', () => {
    const report = new Report(() => {});
    expect(report.failed).toBe(false);
    report.stray(new Error('lost'));
    expect(report.failed).toBe(true);
    expect(report.last()).toContain('1 unhandled rejections');
  });
});
