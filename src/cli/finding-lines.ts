import type { Finding, Level } from '../doctor/finding.js';
import { printable } from '../text.js';
import { textWidth } from './text-width.js';

/** How findings are shown. */
export interface FindingStyle {
  /** Columns of the terminal; lines are as long as they are where absent. */
  readonly columns: number | undefined;
  readonly colour: boolean;
}

// Select Graphic Rendition of ECMA-48.
const COLOURS: Readonly<Record<Level, number>> = { ok: 32, hint: 36, warn: 33, bad: 31 };
const LEVEL_COLUMNS = 6;
const CHECK_COLUMNS = 10;
const INDENT = ' '.repeat(LEVEL_COLUMNS + CHECK_COLUMNS);
/** Narrower than this, wrapping makes a text harder to read and not easier. */
const LEAST_COLUMNS = 20;

/** Findings as lines for people: level, what was looked at, a sentence, and below it the command, whole, to be copied. */
export function findingLines(findings: readonly Finding[], { columns, colour }: FindingStyle): string[] {
  const width = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(LEAST_COLUMNS, columns - INDENT.length - 1);
  return findings.flatMap(({ check, level, text, fix }) => {
    const [first = '', ...rest] = wrap(printable(text, 2_000), width);
    const word = level.padEnd(LEVEL_COLUMNS);
    const shown = colour ? `\u001b[${COLOURS[level]}m${word}\u001b[0m` : word;
    const lines = [`${shown}${check.padEnd(CHECK_COLUMNS)}${first}`, ...rest.map((line) => INDENT + line)];
    return fix === undefined ? lines : [...lines, `${INDENT}$ ${printable(fix, 1_000)}`];
  });
}

/** `12 ok, 2 hints, 1 warning, nothing bad`. */
export function summaryOf(findings: readonly Finding[]): string {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const some = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const bad = count('bad');
  return `${count('ok')} ok, ${some(count('hint'), 'hint')}, ${some(count('warn'), 'warning')}, ${bad === 0 ? 'nothing' : bad} bad`;
}

/** A text in lines of at most `width` columns, broken between words; a word that is longer has a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + 1 + textWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
