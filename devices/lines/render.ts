import type { Value } from '../../src/device/point.js';
import type { LinesOptions } from './options.js';
import { Pattern } from './pattern.js';
import type { PatternNode } from './pattern-syntax.js';
import { plainNumber } from './template.js';

/** Writes one line of values, as a sketch does. */
export type RenderLine = (values: ReadonlyMap<string, Value | null>) => string;

/** The writer for a format; `auto` writes pairs. */
export function renderer(format: LinesOptions['format']): RenderLine {
  if (format === 'json') return (values) => JSON.stringify(Object.fromEntries(values));
  if (format === 'plotter') return renderPlotter;
  if (typeof format === 'string') return renderPairs;
  if ('csv' in format) return (values) => format.csv.map((name) => word(values.get(name) ?? null)).join(',');
  const pattern = new Pattern(format.regex);
  return (values) => renderPattern(pattern, values);
}

const renderPairs: RenderLine = (values) => [...values].map(([name, value]) => `${name}=${quoted(value)}`).join(', ');

const renderPlotter: RenderLine = (values) => {
  const bare = [...values.keys()].every((name, index) => name === `value${index + 1}`);
  const digits = [...values].map(([name, value]): [string, string] => [name, digit(value)]);
  return digits.map(([name, text]) => (bare ? text : `${name}:${text}`)).join(',');
};

/** A line that the pattern matches with these values, as far as its groups can hold them (`\d+` has no decimals). */
export function renderPattern(pattern: Pattern, values: ReadonlyMap<string, Value | null>): string {
  const words = new Map<string, string>();
  for (const [name, value] of values) {
    const candidates = [word(value), ...(typeof value === 'number' ? [String(Math.round(Math.abs(value)))] : [])];
    const fitting = candidates.find((text) => {
      const line = fill(pattern.syntax, new Map([...words, [name, text]]));
      return pattern.exec(line)?.get(name) === text;
    });
    if (fitting !== undefined) words.set(name, fitting);
  }
  return fill(pattern.syntax, words);
}

/** The shortest text for a pattern, with `words` in its named groups. */
function fill(node: PatternNode, words: ReadonlyMap<string, string>): string {
  switch (node.kind) {
    case 'char':
      return SAMPLES.find((char) => node.test(char.charCodeAt(0))) ?? '';
    case 'edge':
      return '';
    case 'sequence':
      return node.items.map((item) => fill(item, words)).join('');
    case 'choice':
      return fill(node.options[0] as PatternNode, words);
    case 'named':
      return words.get(node.name) ?? fill(node.item, words);
    case 'repeat': {
      const wanted = node.min === 0 && node.max > 0 && namesIn(node.item).some((name) => words.has(name));
      return fill(node.item, words).repeat(wanted ? 1 : node.min);
    }
  }
}

const SAMPLES = ['0', ' ', ...Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)), '\t'];

function namesIn(node: PatternNode): string[] {
  if (node.kind === 'named') return [node.name, ...namesIn(node.item)];
  if (node.kind === 'repeat') return namesIn(node.item);
  if (node.kind === 'sequence') return node.items.flatMap(namesIn);
  return node.kind === 'choice' ? node.options.flatMap(namesIn) : [];
}

function word(value: Value | null): string {
  if (value === null) return 'nan';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'number' ? plainNumber(value) : value;
}

function quoted(value: Value | null): string {
  const text = word(value);
  return text === '' || /[\s=:,;|]/.test(text) ? `"${text}"` : text;
}

function digit(value: Value | null): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'string' ? 'nan' : word(value);
}
