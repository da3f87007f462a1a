import { isObject, type JsonObject } from '../mesh/frame.js';

/** What is at a path, or why nothing is. */
export type Found =
  | { readonly found: true; readonly value: unknown }
  | { readonly found: false; readonly reason: 'missing_key' | 'bad_index' | 'out_of_range' | 'not_container' };

const INDEX = /^[+-]?[0-9]+$/;

/** The segments of a path: split at dots, empty ones dropped. */
export function segments(path: string): string[] {
  return path.split('.').filter((segment) => segment !== '');
}

/** Walks a path as apps do; an empty one is the whole frame. Never throws. */
export function valueAt(frame: unknown, path: string): Found {
  let value = frame;
  for (const segment of segments(path)) {
    if (Array.isArray(value)) {
      const index = INDEX.test(segment) ? Number(segment) : Number.NaN;
      if (!(index >= 0)) return { found: false, reason: 'bad_index' };
      if (index >= value.length) return { found: false, reason: 'out_of_range' };
      value = value[index];
    } else if (isObject(value)) {
      if (!Object.hasOwn(value, segment)) return { found: false, reason: 'missing_key' };
      value = value[segment];
    } else return { found: false, reason: 'not_container' };
  }
  return { found: true, value };
}

/**
 * Puts a value where `valueAt` finds it, with objects on the way (an object's key may be a number too). False where
 * something else is in the way, or the path is empty.
 */
export function putAt(frame: JsonObject, path: string, value: unknown): boolean {
  const steps = segments(path);
  const last = steps.pop();
  if (last === undefined) return false;
  let into = frame;
  for (const step of steps) {
    if (!Object.hasOwn(into, step)) define(into, step, {});
    const next = into[step];
    if (!isObject(next)) return false;
    into = next;
  }
  if (Object.hasOwn(into, last)) return false;
  define(into, last, value);
  return true;
}

/** A plain assignment would take `__proto__` for the prototype. */
function define(object: JsonObject, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
