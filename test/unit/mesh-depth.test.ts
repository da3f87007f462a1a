import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nestsDeeper } from '../../src/mesh/json.js';

const PADDING = 'x'.repeat(5_000);

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

it('the depth of a long text is that of what is parsed from it, whatever its strings hold', () => {
  const inside = fc.oneof(fc.string(), fc.constantFrom('[[[', '{"a":', '\\', '"[', '\\"[', ']]]', '\\\\'));
  fc.assert(
    fc.property(fc.object({ key: inside, values: [inside, fc.integer()], maxDepth: 4 }), (value) => {
      const text = JSON.stringify({ value, padding: PADDING });
      const depth = depthOf({ value });
      expect([nestsDeeper(text, depth), nestsDeeper(text, depth - 1)]).toEqual([false, true]);
    }),
    { numRuns: 500, seed: 20_261_127 },
  );
});

it('brackets without an end are deep, and short texts are left to the parser', () => {
  expect(nestsDeeper('['.repeat(1_000_000), 32)).toBe(true);
  expect(nestsDeeper('['.repeat(100), 32)).toBe(false);
});
