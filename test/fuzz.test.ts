import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../src/device/seeded-random.js';
import { bent, plainMalice } from './support/fuzz-input.js';
import { fuzzTargets } from './support/fuzz-targets.js';

/** Far beyond what any input may take, as test machines are busy; `scripts/fuzz.mjs` is stricter. */
const HANG_MS = 2_000;
const RUNS = 400;

/** What led `scripts/fuzz.mjs` to branches that nothing else leads to, by parser. */
const corpus: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'vectors/parser-corpus.json'), 'utf8'),
);
const { targets, release } = fuzzTargets(join(import.meta.dirname, '../scripts/examples'));
afterAll(release);

it('each parser has a corpus under its name', () => {
  expect(Object.keys(corpus)).toEqual(targets.map(({ name }) => name));
});

describe.each(targets)('the parser of $name', ({ name, seeds, longest, run }) => {
  it.each([
    ['its own examples', () => seeds],
    ['what led the fuzzer into its corners', () => corpus[name] ?? []],
    ['plain malice', () => plainMalice(longest)],
    [
      'bent examples',
      () => {
        const random = seededRandom(20_261_127);
        return Array.from({ length: RUNS }, () => bent(seeds, random, longest));
      },
    ],
  ] as const)('survives %s', (_what, inputs) => {
    for (const input of inputs()) {
      const began = performance.now();
      run(input);
      expect(performance.now() - began, JSON.stringify(input.slice(0, 200))).toBeLessThan(HANG_MS);
    }
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });
});
