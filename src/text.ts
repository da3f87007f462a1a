/**
 * What steers a terminal, ends a line, turns words round or shows nothing at all. Joiners and the like are only let be where they
 * do something, in an emoji or a script that joins: elsewhere they make of a name another one that looks the same.
 */
const UNSAFE = new RegExp(
  [
    '[\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\ufff9-\\ufffb\\p{Cs}]',
    '(?![\\u200c\\u200d\\ufe0e\\ufe0f])\\p{Default_Ignorable_Code_Point}',
    `(?<!\\p{Extended_Pictographic}\\ufe0f|${joined()})[\\u200c\\u200d\\ufe0e\\ufe0f]`,
  ].join('|'),
  'gu',
);

/** A character that what follows can be joined to. */
function joined(): string {
  const alone =
    '[\\u0000-\\u007f\\p{sc=Latin}\\p{sc=Greek}\\p{sc=Cyrillic}\\p{sc=Inherited}\\p{Default_Ignorable_Code_Point}]';
  return `(?!${alone})[\\p{L}\\p{M}\\p{Extended_Pictographic}\\p{Emoji_Modifier}]`;
}

/** What no text of a device needs: control characters, but for a tab and the ends of lines, and what turns words round. */
const MISLEADING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** True for a text that steers a terminal, or shows other words than it has. */
export function misleads(text: string): boolean {
  return MISLEADING.test(text);
}

/** JSON made safe for a terminal: what is not for one is an escape in it, and it means the same. */
export function printableJson(json: string): string {
  return json.replace(UNSAFE, (c) => (c === '\n' ? c : escaped(c)));
}

/** Several lines made safe for a terminal, each by itself, and none cut. */
export function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line, Number.POSITIVE_INFINITY))
    .join('\n');
}

/** Foreign text made safe for a terminal, a log and a phone: control, direction and invisible characters as `\xNN` or `\uNNNN`, cut at `max` characters. */
export function printable(text: string, max = 200): string {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text;
  return cut.replace(UNSAFE, (c) => {
    const code = c.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : escaped(c);
  });
}

/** Milliseconds since 1970 as date and time; what is none, as in a file that somebody bent, as a dash. */
export function momentText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '—' : date.toISOString();
}

/** As JSON writes it. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
