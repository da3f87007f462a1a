import { BridgeError } from '../error.js';

/** Deepest nesting accepted in foreign JSON; some peers crash far beyond it, and nothing sensible comes near. */
export const MAX_DEPTH = 32;

/**
 * Parses foreign JSON. Keys named `__proto__` are left out, so that a later copy cannot change a prototype.
 * Throws `json/syntax` (bare NaN and Infinity included) or `json/depth`.
 */
export function parseJson(text: string): unknown {
  if (nestsDeeper(text, MAX_DEPTH)) throw tooDeep();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words quote the text, which may hold secrets.
    throw new BridgeError('json/syntax', 'not JSON');
  }
  clean(value, 1);
  return value;
}

function clean(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw tooDeep();
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
  for (const child of Object.values(value)) clean(child, depth + 1);
}

function tooDeep(): BridgeError {
  return new BridgeError('json/depth', `JSON nested deeper than ${MAX_DEPTH} levels`);
}

/** Characters of a text from which on it pays to look before it is parsed. */
const LONG = 4096;

/**
 * True for a long text whose brackets nest deeper than `max`: the system's parser takes a quarter of a second for a
 * megabyte of them. Short texts are left to the parser.
 */
export function nestsDeeper(text: string, max: number): boolean {
  if (text.length < LONG) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (quoted) {
      if (char === 0x5c) at++;
      else if (char === 0x22) quoted = false;
    } else if (char === 0x22) quoted = true;
    else if (char === 0x5b || char === 0x7b) {
      if (++depth > max) return true;
    } else if (char === 0x5d || char === 0x7d) depth--;
  }
  return false;
}

/**
 * Bytes of a value as the relay sends it on: it re-encodes with `, ` and `: ` as separators and all but printable ASCII
 * as `\uXXXX`. Never too small.
 */
export function asciiSize(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return textSize(value);
    case 'number':
      // One more, as other encoders write an exponent of one digit with two.
      return Number.isFinite(value) ? String(value).length + 1 : 4;
    case 'boolean':
      return value ? 4 : 5;
    case 'object':
      return value === null ? 4 : listSize(value);
    default:
      return 4;
  }
}

function listSize(value: object): number {
  let size = 2;
  if (Array.isArray(value)) {
    for (const item of value) size += asciiSize(item) + 2;
  } else {
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined) size += textSize(key) + 2 + asciiSize(item) + 2;
    }
  }
  return size;
}

const PLAIN = /^[ !#-[\]-~]*$/;
const SHORT = new Set(['"', '\\', '\n', '\r', '\t', '\b', '\f'].map((c) => c.charCodeAt(0)));

function textSize(text: string): number {
  if (PLAIN.test(text)) return text.length + 2;
  let size = 2;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    size += SHORT.has(code) ? 2 : code < 0x20 || code > 0x7e ? 6 : 1;
  }
  return size;
}
