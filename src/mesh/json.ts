import { BridgeError } from '../error.js';

/** Deepest nesting accepted in foreign JSON; some peers crash far beyond it, and nothing sensible comes near. */
export const MAX_DEPTH = 32;

/**
 * Parses foreign JSON. Keys named `__proto__` are left out, so that a later copy cannot change a prototype.
 * Throws `json/syntax` (bare NaN and Infinity included) or `json/depth`.
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BridgeError('json/syntax', 'not JSON', { cause });
  }
  clean(value, 1);
  return value;
}

function clean(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw new BridgeError('json/depth', `JSON nested deeper than ${MAX_DEPTH} levels`);
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
  for (const child of Object.values(value)) clean(child, depth + 1);
}

/** Length of JSON text once every character outside printable ASCII is written `\uXXXX`, as Python relays pass it on. */
export function asciiSize(json: string): number {
  let size = json.length;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) size += 5;
  }
  return size;
}
