import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pattern } from '../../devices/lines/pattern.js';
import { renderPattern } from '../../devices/lines/render.js';

/** Random patterns without named groups that repeat. */
const piece: fc.Arbitrary<string> = fc.letrec<{ piece: string }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', '.', '\\d', '[ab]', '[^a]', '\\w', '1', '\\b', '^', '$', '\\.'),
    fc
      .tuple(
        fc.constantFrom('a', 'b', '.', '[ab1]', '\\d', '(?:ab|a)', '(?:a|b|)'),
        fc.constantFrom('*', '+', '?', '*?', '+?', '{2}', '{1,2}', '{1,}'),
      )
      .map((both) => both.join('')),
    fc.tuple(tie('piece'), tie('piece')).map(([a, b]) => a + b),
    fc.tuple(tie('piece'), tie('piece')).map(([a, b]) => `(?:${a}|${b})`),
  ),
})).piece;

describe('Pattern', () => {
  it('matches as JavaScript does', () => {
    fc.assert(
      fc.property(piece, piece, fc.array(fc.constantFrom('a', 'b', '1', '.', ' '), { maxLength: 8 }), (a, b, chars) => {
        const source = `(?<x>${a})(?<y>${b})`;
        const line = chars.join('');
        const native = new RegExp(source).exec(line)?.groups;
        const ours = new Pattern(source).exec(line);
        expect(ours && Object.fromEntries(ours)).toEqual(native && { ...native });
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['(?:a+)+$', '(?:a|a)*$', '(?:a|aa)+$', '(?:.*,)*x', '.*.*.*.*.*=', '(?:a?){200}a{200}$'])(
    'takes linear time for %s',
    (source) => {
      const pattern = new Pattern(source);
      const line = `${'a'.repeat(1000)},${'a'.repeat(20)}!`;
      const before = performance.now();
      pattern.test(line);
      // Linear: some milliseconds. Backtracking: longer than the universe has been there.
      expect(performance.now() - before).toBeLessThan(2000);
    },
  );

  it.each([
    ['(', 'pattern/syntax'],
    ['[z-a]', 'pattern/syntax'],
    ['a'.repeat(501), 'pattern/syntax'],
    ['(?=a)b', 'pattern/unsupported'],
    ['(?<!a)b', 'pattern/unsupported'],
    ['(a)\\1', 'pattern/unsupported'],
    ['(?<n>a)\\k<n>', 'pattern/unsupported'],
    ['(?<n>a)+', 'pattern/unsupported'],
    ['(?:(?<n>a)b){2}', 'pattern/unsupported'],
    ['\\p{L}', 'pattern/unsupported'],
    ['(?:a{100}){100}', 'pattern/large'],
    ['(?:(?:(?:){1000}){1000}){1000}', 'pattern/large'],
    ['a{1,99999999}', 'pattern/large'],
  ])('refuses %s', (source, code) => {
    expect(() => new Pattern(source)).toThrow(expect.objectContaining({ code }));
  });

  it('leaves out groups that took no part, and knows all names', () => {
    const pattern = new Pattern('a(?<one>1)?(?<two>2)?');
    expect(pattern.names).toEqual(['one', 'two']);
    expect([...(pattern.exec('xa2') ?? [])]).toEqual([['two', '2']]);
  });

  it.each(['T=(?<v>[-0-9.]+) C', '^OK(?: (?<v>\\d+))?$', '(?:yes|no), .{3}\\d{2,}', '[^ ]+\\t\\w'])(
    'can be turned into a line that it matches: %s',
    (source) => {
      const pattern = new Pattern(source);
      const line = renderPattern(pattern, new Map([['v', 12.5]]));
      expect(pattern.test(line)).toBe(true);
    },
  );
});
