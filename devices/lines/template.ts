import type { PointType, Value } from '../../src/device/point.js';
import { BridgeError } from '../../src/error.js';

/** The line that switches an output: text around one value, such as `PUMP {value:on|off}`. */
export interface Template {
  readonly before: string;
  readonly after: string;
  /** The words for the values, where the template names them; else the value is written as it is. */
  readonly words: ReadonlyMap<Value, string> | undefined;
}

const HINT = 'write `{value}`, or `{value:on|off}` to name the words; a brace of its own is written `{{` or `}}`';
const TOKEN = /\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g;

/** Parses a write template for a point of this type; throws `template/syntax`. A boolean's first word means true. */
export function parseTemplate(source: string, type: PointType, options: readonly string[] = []): Template {
  let before: string | undefined;
  let text = '';
  let words: readonly string[] | undefined;
  for (const [token] of source.matchAll(TOKEN)) {
    if (token === '{{' || token === '}}') {
      text += token[0];
    } else if (token === '{value}' || token.startsWith('{value:')) {
      if (before !== undefined) throw wrong('`{value}` occurs twice');
      before = text;
      text = '';
      words = token === '{value}' ? undefined : token.slice(7, -1).split('|');
    } else if (token.startsWith('{') || token === '}') {
      throw wrong(`\`${token}\` means nothing in a write template`);
    } else {
      text += token;
    }
  }
  if (before === undefined) throw wrong('the write template does not say where the value goes');
  return { before, after: text, words: words && mapWords(words, type, options) };
}

function mapWords(words: readonly string[], type: PointType, options: readonly string[]): ReadonlyMap<Value, string> {
  if (type !== 'boolean' && type !== 'enum')
    throw wrong(`a ${type} is written as it is, without words`, 'use `{value}`');
  const values: readonly Value[] = type === 'boolean' ? [true, false] : options;
  if (words.length !== values.length) {
    throw wrong(`${words.length} words for ${values.length} values`, `this point has the values ${values.join(', ')}`);
  }
  if (words.includes('') || new Set(words.map((word) => word.toLowerCase())).size !== words.length) {
    throw wrong('the words for the values must differ and none may be empty');
  }
  return new Map(values.map((value, index) => [value, words[index] as string]));
}

/** The line that asks for `value`. A boolean without words is `1` or `0`; numbers have no exponent. */
export function renderTemplate(template: Template, value: Value): string {
  return template.before + renderValue(template, value) + template.after;
}

function renderValue({ words }: Template, value: Value): string {
  const word = words?.get(value);
  if (word !== undefined) return word;
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'number' ? plainNumber(value) : value;
}

/** The other way round: the raw value that a line asks for; undefined where the line is not of this template. */
export function matchTemplate(template: Template, line: string): Value | undefined {
  const { before, after, words } = template;
  if (line.length < before.length + after.length || !line.startsWith(before) || !line.endsWith(after)) return undefined;
  const word = line.slice(before.length, line.length - after.length);
  if (!words) return word;
  return [...words].find(([, known]) => known === word)?.[0];
}

/** A finite number in digits that every sketch's `atof` and `toInt` read: no exponent. */
export function plainNumber(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) < 1 ? value.toFixed(20).replace(/\.?0+$/, '') : BigInt(value).toString();
}

function wrong(message: string, hint = HINT): BridgeError {
  return new BridgeError('template/syntax', message, { hint });
}
