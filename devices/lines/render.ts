import { type AST, visitRegExpAST } from '@eslint-community/regexpp';
import type { Value } from '../../src/device/point.js';
import type { LinesOptions } from './options.js';
import { Pattern } from './pattern.js';
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

type Part = AST.Pattern | AST.Element;

/** The shortest text for a pattern, with `words` in its named groups. */
function fill(node: Part, words: ReadonlyMap<string, string>): string {
  switch (node.type) {
    case 'Pattern':
    case 'Group':
      return fillFirst(node.alternatives, words);
    case 'CapturingGroup':
      return words.get(node.name ?? '') ?? fillFirst(node.alternatives, words);
    case 'Quantifier': {
      const wanted = node.min === 0 && node.max > 0 && holdsAny(node, words);
      return fill(node.element, words).repeat(wanted ? 1 : node.min);
    }
    case 'Character':
      return String.fromCharCode(node.value);
    case 'CharacterSet':
    case 'CharacterClass': {
      const one = new RegExp(`^${node.raw}$`);
      return SAMPLES.find((char) => one.test(char)) ?? '';
    }
    default:
      return '';
  }
}

function fillFirst([first]: readonly AST.Alternative[], words: ReadonlyMap<string, string>): string {
  return first?.elements.map((element) => fill(element, words)).join('') ?? '';
}

function holdsAny(node: AST.Quantifier, words: ReadonlyMap<string, string>): boolean {
  let found = false;
  visitRegExpAST(node, { onCapturingGroupEnter: ({ name }) => (found ||= name !== null && words.has(name)) });
  return found;
}

const SAMPLES = ['0', ' ', ...Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)), '\t'];

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
