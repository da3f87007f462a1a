import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pattern } from '../../devices/lines/pattern.js';
import { renderPattern } from '../../devices/lines/render.js';

const QUANTIFIERS = ['*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{1,}', '{0,2}?'];
const SETS = ['.', '\\d', '\\w', '\\s', '\\S', '[ab]', '[^a]', '[^\\s]', '[\\d-.]', '[-0-9.]', '[\\]/]', '[^]', '[]'];
const CHARACTERS = ['a', 'b', '1', '\\.', '\\-', '/', '\\/', '{', '}', ']', 'a{,2}', '\\x61', '\\u0061', '\\t', '°'];

/** Random patterns. What repeats is never empty: there JavaScript is on its own. */
const piece: fc.Arbitrary<string> = fc.letrec<{ piece: string }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...SETS, ...CHARACTERS, '\\b', '\\B', '^', '$'),
    fc
      .tuple(fc.constantFrom('a', 'b', ...SETS, '(?:ab|a)', '(?:a|b|)'), fc.constantFrom(...QUANTIFIERS))
      .map((both) => both.join('')),
    fc.tuple(tie('piece'), tie('piece')).map(([a, b]) => a + b),
    fc.tuple(tie('piece'), tie('piece')).map(([a, b]) => `(?:${a}|${b})`),
    fc.tuple(tie('piece'), fc.constantFrom(...QUANTIFIERS)).map(([a, count]) => `(?:[ab]${a})${count}`),
  ),
})).piece;
const lines = fc.array(fc.constantFrom('a', 'b', '1', '.', ' ', '-', '/', '{', '\t', '°'), { maxLength: 8 });

describe('Pattern', () => {
  it('matches as JavaScript does', () => {
    fc.assert(
      fc.property(piece, piece, lines, (a, b, chars) => {
        const source = `(?<x>${a})(?<y>${b})`;
        const line = chars.join('');
        const native = new RegExp(source).exec(line)?.groups;
        const pattern = new Pattern(source);
        const ours = pattern.exec(line);
        expect(ours && Object.fromEntries(ours)).toEqual(native && { ...native });
        expect(pattern.test(line)).toBe(native !== undefined);
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
      pattern.exec(line);
      // Linear: some milliseconds. Backtracking: longer than the universe has been there.
      expect(performance.now() - before).toBeLessThan(2000);
    },
  );

  it.each([
    ['(', 'pattern/syntax'],
    ['[z-a]', 'pattern/syntax'],
    ['a**', 'pattern/syntax'],
    ['(?P<n>a)', 'pattern/syntax'],
    ['(?<n>a)(?<n>b)', 'pattern/syntax'],
    // A parser that looks at it again at each level takes longer than the world lasts.
    [`${'('.repeat(40)}(?<n>a)(?<n>b)${')'.repeat(40)}`, 'pattern/syntax'],
    ['a'.repeat(501), 'pattern/syntax'],
    ['(?=a)b', 'pattern/unsupported'],
    ['(?:a|(?!b))*', 'pattern/unsupported'],
    ['(?<!a)b', 'pattern/unsupported'],
    ['(a)\\1', 'pattern/unsupported'],
    ['(?<n>a)\\k<n>', 'pattern/unsupported'],
    ['\\p{L}', 'pattern/unsupported'],
    ['\\u{61}', 'pattern/unsupported'],
    ['\\Aa', 'pattern/unsupported'],
    ['\\101', 'pattern/unsupported'],
    ['\\c', 'pattern/unsupported'],
    ['\\°', 'pattern/unsupported'],
    ['[\\b]', 'pattern/unsupported'],
    ['[[:alpha:]]', 'pattern/unsupported'],
    ['(?<größe>a)', 'pattern/unsupported'],
    // Right for newer engines, and not for RE2.
    ['(?<n>a)|(?<n>b)', expect.stringMatching(/^pattern\/(syntax|unsupported)$/)],
    ['(?:a{100}){100}', 'pattern/large'],
    ['(?:(?:(?:){1000}){1000}){1000}', 'pattern/large'],
    ['a{1,99999999}', 'pattern/large'],
    ['.{709}}'.repeat(70), 'pattern/large'],
    ['(?:\\w{0,1000})'.repeat(33), 'pattern/large'],
  ])('refuses %s', (source, code) => {
    const before = performance.now();
    expect(() => new Pattern(source)).toThrow(expect.objectContaining({ code }));
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('says what is wrong and what would be right', () => {
    const expectProblem = (source: string, message: string, hint: RegExp) =>
      expect(() => new Pattern(source)).toThrow(
        expect.objectContaining({ message, hint: expect.stringMatching(hint) }),
      );
    expectProblem('T=(', 'Invalid regular expression: /T=(/: Unterminated group', /`\\\(`/);
    expectProblem('a(?=b|c)', '`(?=b|c)` is not supported here', /no lookahead/);
    expectProblem(`(?!${'a'.repeat(100)})`, `\`(?!${'a'.repeat(17)}…\` is not supported here`, /no lookahead/);
    expectProblem('\\p{L}', '`\\p` is not supported here', /backslash/);
    expectProblem('a{5000}', 'the pattern repeats too much', /smaller/);
  });

  it('leaves out groups that took no part, and knows all names', () => {
    const pattern = new Pattern('a(?<one>1)?(?<two>2)?(?<__proto__>3)?');
    expect(pattern.names).toEqual(['one', 'two', '__proto__']);
    expect([...(pattern.exec('xa23') ?? [])]).toEqual([
      ['two', '2'],
      ['__proto__', '3'],
    ]);
    expect(pattern.exec('x')).toBeUndefined();
    expect([...(pattern.exec('a1') ?? [])]).toEqual([['one', '1']]);
  });

  it('takes what a repeating group matched last', () => {
    expect(new Pattern('^(?:(?<n>\\d+)[,;]?)+$').exec('1,22;333')?.get('n')).toBe('333');
  });

  it.each([
    ['T=(?<v>[-0-9.]+) C', 'T=12.5 C'],
    ['^OK(?: (?<v>\\d+))?$', 'OK 13'],
    ['(?:yes|no), .{3}\\d{2,}', 'yes, 00000'],
    ['[^ ]+\\t\\w', '0\t0'],
    ['\\{"v":(?<v>\\S+)\\}\\/🌡', '{"v":12.5}/🌡'],
  ])('can be turned into a line that it matches: %s', (source, line) => {
    const pattern = new Pattern(source);
    expect(renderPattern(pattern, new Map([['v', 12.5]]))).toBe(line);
    expect(pattern.test(line)).toBe(true);
  });
});
