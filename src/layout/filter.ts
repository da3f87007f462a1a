import { isObject } from '../mesh/frame.js';

/** Whether a frame passes a filter, as apps decide: every key of the filter is in the frame with an equal value. */
export function matches(filter: unknown, frame: unknown): boolean {
  if (filter === undefined || filter === null) return true;
  if (!isObject(filter) || !isObject(frame)) return false;
  return Object.keys(filter).every((key) => Object.hasOwn(frame, key) && sameJson(filter[key], frame[key]));
}

/** Equality of JSON: numbers as doubles, a boolean never equals a number, objects and lists whole. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}
