import { isObject } from '../mesh/frame.js';
import { tokensIn } from './emit.js';
import { sameJson } from './filter.js';

/** What a gesture says of itself: its value, or where a stick is along an axis. */
export type Said = 'value' | 'x' | 'y';

/** The placeholders that stand for it. */
const SAID: ReadonlyMap<string, Said> = new Map([
  ['{{value}}', 'value'],
  ['$value.x', 'x'],
  ['$value.y', 'y'],
]);

/** What an action's payload tells when it comes in. */
export interface Match {
  /** What stood where the payload has `{{value}}`, `$value.x` or `$value.y`; undefined where it has none. */
  readonly value: unknown;
  readonly x: unknown;
  readonly y: unknown;
  /** How much of the payload had to be equal, texts around placeholders half: of two that match, the one with more is meant. */
  readonly literals: number;
}

const WHOLE = 2;
const AROUND = 1;

/** Values that a payload's placeholders were found to be, and how much else had to be equal. */
interface Reading {
  readonly values: Record<Said, unknown[]>;
  literals: number;
}

/**
 * Holds a payload that came in against one with placeholders in it. Undefined where they differ; keys that come on top
 * of the outermost ones are the app's own.
 */
export function matchTemplate(template: unknown, payload: unknown): Match | undefined {
  const reading: Reading = { values: { value: [], x: [], y: [] }, literals: 0 };
  if (!read(template, payload, reading, true)) return undefined;
  const { values, literals } = reading;
  const match = { value: agreed(values.value), x: agreed(values.x), y: agreed(values.y), literals };
  const isOne = (said: Said) => values[said].every((other) => isWritten(other, match[said]));
  return isOne('value') && isOne('x') && isOne('y') ? match : undefined;
}

/** The parts of a gesture that a payload says, wherever in it. */
export function saidIn(template: unknown): Said[] {
  const tokens = new Set(tokensIn(JSON.stringify(template ?? null)));
  return [...SAID].flatMap(([token, said]) => (tokens.has(token) ? [said] : []));
}

/** Of several readings of one value, the one to go by: within a text it is written out, in a place of its own it has its type. */
function agreed([first, ...others]: readonly unknown[]): unknown {
  return typeof first === 'string' ? (others.find((other) => typeof other !== 'string') ?? first) : first;
}

function note(token: string | undefined, given: unknown, { values }: Reading): void {
  const said = SAID.get(token ?? '');
  if (said) values[said].push(given);
}

/** Whether two readings are of one value: `75.0` in a text is 75. */
function isWritten(reading: unknown, value: unknown): boolean {
  if (sameJson(reading, value)) return true;
  if (typeof reading !== 'string' || typeof value === 'string') return false;
  return typeof value === 'number'
    ? reading.trim() !== '' && Number(reading) === value
    : reading === JSON.stringify(value);
}

/** What `Match.literals` is wherever a payload is recognised. */
export function literalsIn(template: unknown): number {
  if (typeof template === 'string') {
    const [token] = tokensIn(template);
    return token === undefined ? WHOLE : token === template ? 0 : AROUND;
  }
  if (typeof template !== 'object' || template === null) return WHOLE;
  return Object.values(template).reduce((sum: number, item) => sum + literalsIn(item), 0);
}

function read(template: unknown, given: unknown, reading: Reading, open: boolean): boolean {
  if (typeof template === 'string') return readText(template, given, reading);
  if (Array.isArray(template)) {
    if (!Array.isArray(given) || given.length !== template.length) return false;
    return template.every((item, i) => read(item, given[i], reading, false));
  }
  if (isObject(template)) {
    if (!isObject(given)) return false;
    const keys = Object.keys(template);
    if (!open && Object.keys(given).length !== keys.length) return false;
    return keys.every((key) => Object.hasOwn(given, key) && read(template[key], given[key], reading, false));
  }
  reading.literals += WHOLE;
  return sameJson(template, given);
}

function readText(template: string, given: unknown, reading: Reading): boolean {
  const tokens = tokensIn(template);
  if (tokens.length === 0) {
    reading.literals += WHOLE;
    return template === given;
  }
  if (tokens[0] === template) {
    note(template, given, reading);
    return true;
  }
  if (typeof given !== 'string') return false;
  reading.literals += AROUND;
  return between(template, tokens, given, reading);
}

/** Texts around placeholders, from left to right; each placeholder takes as little as it can, the last one the rest. */
function between(template: string, tokens: readonly string[], given: string, reading: Reading): boolean {
  const parts: string[] = [];
  let rest = template;
  for (const token of tokens) {
    const at = rest.indexOf(token);
    parts.push(rest.slice(0, at));
    rest = rest.slice(at + token.length);
  }
  parts.push(rest);
  let from = 0;
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    const at =
      i === 0 ? (given.startsWith(part) ? 0 : -1) : last ? given.length - part.length : given.indexOf(part, from);
    if (at < from || (last && !given.endsWith(part))) return false;
    if (i > 0) note(tokens[i - 1], given.slice(from, at), reading);
    from = at + part.length;
  }
  return true;
}
