/** Words that parsers stumble over. */
export const WORDS: readonly string[] = [
  '__proto__',
  '"__proto__":{"a":1},',
  'constructor',
  'prototype',
  'toString',
  '1e999',
  '-1e308',
  '9007199254740993',
  '5e-324',
  '-0',
  'NaN',
  'Infinity',
  'null',
  '\u0000',
  '\u001b[2J',
  '\r\n',
  '\u202e',
  '\ufeff',
  '\ud800',
  '٤٠',
  'рump',
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  '\\u0000',
  ':',
  ',',
  '=',
  '*',
  '%',
  '$\u007bTOKEN}',
  '&a [*a]',
  '!!js/function',
  '---\n',
  '(?<a>(a+)+)$',
];

/** Inputs of the plainest kinds of malice, nearly as long as `longest`, for what is longer may be looked at less. */
export function plainMalice(longest: number): string[] {
  const fill = (unit: string) => unit.repeat(Math.floor((0.9 * longest) / unit.length));
  return [
    '',
    ...WORDS,
    ...['x', '[', '{"a":', '"', '\\', '0', ' ', '\n', 'a=1 ', '1,', '*', 'é', '- ', '? '].map(fill),
    Array.from({ length: longest / 10 }, (_, i) => `a${i}:\n`).join(''),
    // Levels that all end at once.
    `${fill('- ')}\na`,
    `${fill('? ')}\na`,
  ];
}

/** Bends an input in one to eight places; equal numbers of `random` bend it equally. */
export function bent(
  seeds: readonly string[],
  random: () => number,
  longest: number,
  words: readonly string[] = WORDS,
): string {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T | undefined => list[below(list.length)];
  let text = pick(seeds) ?? '';
  for (let i = 1 + below(8); i > 0; i--) {
    const at = below(text.length + 1);
    const to = at + below(Math.min(32, text.length - at + 1));
    const [before, between, after] = [text.slice(0, at), text.slice(at, to), text.slice(to)];
    const bend = [
      () => before + after,
      () => before + between + between + after,
      () => before + (pick(words) ?? '') + after,
      () => before + String.fromCharCode(below(256)) + after,
      () => before + between + (pick(seeds) ?? '').slice(below(64)) + after,
      () => before + between.repeat(2 ** below(10)) + after,
      () => before + String(10 ** below(300) * (random() - 0.5)) + after,
    ];
    text = (pick(bend) ?? (() => text))().slice(0, longest);
  }
  return text;
}
