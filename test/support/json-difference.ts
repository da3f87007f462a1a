import { isDeepStrictEqual } from 'node:util';

/** Where two JSON texts differ, and what each says there. */
export interface JsonDifference {
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** Decides about two values that are written differently: true to take them as the same. */
export type Tolerance = (expected: unknown, actual: unknown, path: string) => boolean;

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity|NaN|-?\d[\d.eE+-]*/g;
const MARK = '\u0000';

/** Parses JSON, bare NaN and Infinity included; every number becomes a text of its own kind, as it is written. */
export function parseExact(text: string): unknown {
  return JSON.parse(text.replace(TOKEN, (token) => (token.startsWith('"') ? token : JSON.stringify(MARK + token))));
}

/** True for a number that `parseExact` read. */
export function isNumber(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(MARK);
}

/** Writes what `parseExact` read. */
export function show(value: unknown): string {
  return JSON.stringify(value).replace(/"\\u0000([^"]*)"/g, '$1');
}

/** The first difference between two values of `parseExact`; the order of keys does not matter. */
export function difference(expected: unknown, actual: unknown, same: Tolerance, path = ''): JsonDifference | undefined {
  const here = () => ({ path, expected: show(expected), actual: show(actual) });
  if (!isContainer(expected) || !isContainer(actual)) {
    return expected === actual || same(expected, actual, path) ? undefined : here();
  }
  if (!isDeepStrictEqual(shape(expected), shape(actual))) return here();
  for (const [key, value] of Object.entries(expected)) {
    const found = difference(value, actual[key], same, path === '' ? key : `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}

function shape(container: Record<string, unknown>): unknown {
  return [Array.isArray(container), Object.keys(container).sort()];
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
