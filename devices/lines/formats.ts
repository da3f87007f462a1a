import type { Value } from '../../src/device/point.js';
import type { Pattern } from './pattern.js';
import { guess, readNumber, UNIT_STICKY } from './words.js';

/** The values of one line by their names on the wire, words as they were said; null: said to be unknown. */
export type RawValues = ReadonlyMap<string, Value | null>;

/** Reads one line; undefined where it is not of this format. Never throws. */
export type ParseLine = (line: string) => RawValues | undefined;

/** Most values taken from one line, and deepest nesting of JSON: far beyond what fits a sketch's memory. */
const MAX_VALUES = 128;
const MAX_DEPTH = 4;
const MAX_NAME = 64;

/**
 * A JSON object a line; nested values are named by their path: `{"air":{"temp":21}}` has `air.temp`, arrays `a.0`.
 * A bare `nan`, `inf` or `ovf`, which is how sketches print a number that they have not got, is null.
 */
export const parseJson: ParseLine = (line) => {
  if (!/^\s*\{.*\}\s*$/.test(line)) return undefined;
  const parsed = jsonOf(line) ?? jsonOf(line.replace(STRING_OR_NO_NUMBER, (part) => (part[0] === '"' ? part : 'null')));
  const values = new Map<string, Value | null>();
  return flatten(parsed, '', 0, values) && values.size > 0 ? values : undefined;
};

/** A string also without its end, so that the search for one takes linear time. */
const STRING_OR_NO_NUMBER = /"(?:[^"\\]|\\.?)*(?:"|$)|[+-]?\b(?:nan|inf(?:inity)?|ovf)\b/gi;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function flatten(item: unknown, path: string, depth: number, into: Map<string, Value | null>): boolean {
  if (typeof item === 'object' && item !== null) {
    if (depth >= MAX_DEPTH) return false;
    return Object.entries(item).every(([key, inner]) =>
      flatten(inner, depth === 0 ? key : `${path}.${key}`, depth + 1, into),
    );
  }
  if (item !== null && typeof item !== 'boolean' && typeof item !== 'number' && typeof item !== 'string') return false;
  return put(into, path, typeof item === 'number' && !Number.isFinite(item) ? null : item);
}

const QUOTED = /[ \t]*"([^"]*)"(?=[\s,;|]|$)/y;
const WORD = /[ \t]*([^\s=:,;|"]+)(?=[\s,;|]|$)/y;
const NOTHING = /(?=[\s,;|]|$)/y;
const SEPARATOR = /\s*[,;|]?\s*/y;
const SAME_AGAIN = /[ \t]+[+-]?\d+(?:\.\d+)?(?=[ \t]*[^\s\d])/y;

/**
 * `temp=21.5 hum=45.2 pump=on`, `Temp C: 21.5, Hum: 45 %` and the like: a name, `=` or `:`, one word or a quoted text,
 * a unit behind a number; between pairs a space, comma, semicolon or bar. A line with anything else is not of this format.
 */
export const parseKeyValue: ParseLine = (line) => {
  const values = new Map<string, Value | null>();
  let at = 0;
  const take = (what: RegExp): string | undefined => {
    what.lastIndex = at;
    const match = what.exec(line);
    if (match) at += match[0].length;
    return match ? (match[1] ?? match[0]) : undefined;
  };
  const end = line.trimEnd().length;
  for (take(SEPARATOR); at < end; ) {
    const equals = line.slice(at).search(/[=:]/);
    if (equals < 0) return undefined;
    const name = line.slice(at, at + equals).trim();
    at += equals + 1;
    let word = take(QUOTED) ?? take(WORD) ?? take(NOTHING);
    if (word === undefined || !isName(name)) return undefined;
    const number = readNumber(word);
    if (number && word !== '') {
      const unit = number.unit ?? take(UNIT_STICKY);
      if (number.unit === undefined && unit !== undefined) word += ` ${unit}`;
      // Some say it twice: `23.0 °C 73.4 °F`. The first one counts.
      while (unit !== undefined && take(SAME_AGAIN) !== undefined) {
        if (take(UNIT_STICKY) === undefined) return undefined;
      }
    }
    const before = at;
    take(SEPARATOR);
    if (before === at && at < end) return undefined;
    if (!put(values, name, word)) return undefined;
  }
  return values.size > 0 ? values : undefined;
};

/**
 * What the Arduino Serial Plotter reads: `temp:21.5,hum:45`, or bare numbers between commas, tabs or spaces, which are
 * named `value1`, `value2`, … Numbers only.
 */
export const parsePlotter: ParseLine = (line) => {
  const text = line.trim().replace(/[,;]$/, '');
  const parts = (/[,;\t]/.test(text) ? text.split(/[,;\t]/) : text.replace(/:\s+/g, ':').split(/\s+/)).map((part) =>
    part.trim(),
  );
  const values = new Map<string, Value | null>();
  for (const [index, part] of parts.entries()) {
    const colon = part.lastIndexOf(':');
    const name = colon < 0 ? `value${index + 1}` : part.slice(0, colon).trim();
    const word = part.slice(colon + 1).trim();
    const number = readNumber(word);
    if (!number || number.unit !== undefined || (colon >= 0 && !isName(name))) return undefined;
    if (!put(values, name, number.value)) return undefined;
  }
  return text === '' ? undefined : values;
};

/** One field a name, between commas (or semicolons, or tabs); a line with more or fewer fields, or only with words, is none. */
export function csvParser(names: readonly string[]): ParseLine {
  return (line) => {
    const separator = [',', ';', '\t'].find((mark) => line.includes(mark)) ?? ',';
    const fields = line.split(separator).map((field) => field.trim());
    if (fields.length !== names.length || fields.every((field) => guess(field).type === 'string')) return undefined;
    return new Map(names.map((name, index) => [name, fields[index] ?? null]));
  };
}

/** What ESP-IDF prints before each message of its log: level, time and tag, as in `I (123) main: `. */
const LOG_PREFIX = /^\s*[EWIDV] \([\d:.]+\) [^\s:]+:\s*/;

/** The same format, also behind the prefix of an ESP-IDF log line. */
export function behindLogPrefix(parse: ParseLine): ParseLine {
  return (line) => parse(line.replace(LOG_PREFIX, ''));
}

/** The named groups of a pattern that occurs anywhere in the line; a group that took no part says nothing. */
export function patternParser(pattern: Pattern): ParseLine {
  return (line) => {
    const values = pattern.exec(line);
    return values && values.size > 0 ? values : undefined;
  };
}

/** False, and the line is not to be trusted, when a name comes twice or there are too many. */
function put(values: Map<string, Value | null>, name: string, value: Value | null): boolean {
  if (name === '' || name.length > MAX_NAME || values.has(name) || values.size >= MAX_VALUES) return false;
  values.set(name, value);
  return true;
}

/** A name as people write it: a letter first, at most five words. A sentence is none. */
function isName(text: string): boolean {
  return text.length <= MAX_NAME && /^[\p{L}_][^,;|"{}]*$/u.test(text) && text.split(/\s+/).length <= 5;
}
