import { isObject } from '../mesh/frame.js';
import { sameJson } from './filter.js';

/** What a control holds now; undefined: nothing yet. */
export type ValueOf = (id: string) => unknown;

const MAX_DEPTH = 16;

/**
 * Whether a condition (`visible`) holds: one comparison with a control's value, or `all`, `any`, `not` of others.
 * A control without a value fulfils nothing but `exists: false`; what can't be understood does not hold.
 */
export function isMet(condition: unknown, held: ValueOf, depth = 0): boolean {
  if (!isObject(condition) || depth > MAX_DEPTH) return false;
  const { all, any, not, ref, when, operator = 'eq', value } = condition;
  const inner = (part: unknown) => isMet(part, held, depth + 1);
  if (Array.isArray(all)) return all.every(inner);
  if (Array.isArray(any)) return any.some(inner);
  if (isObject(not)) return !inner(not);
  const id = isObject(ref) ? ref['control'] : when;
  if (typeof id !== 'string') return false;
  const now = held(id);
  if (operator === 'exists') return (now !== undefined) === value;
  return now !== undefined && compare(String(operator), now, value);
}

function compare(operator: string, now: unknown, value: unknown): boolean {
  switch (operator) {
    case 'eq':
    case 'is':
      return sameJson(now, value);
    case 'ne':
    case 'neq':
    case 'isNot':
      return !sameJson(now, value);
    case 'in':
      return Array.isArray(value) && value.some((item) => sameJson(now, item));
    case 'gt':
      return ordered(now, value, (order) => order > 0);
    case 'gte':
      return ordered(now, value, (order) => order >= 0);
    case 'lt':
      return ordered(now, value, (order) => order < 0);
    case 'lte':
      return ordered(now, value, (order) => order <= 0);
    default:
      return false;
  }
}

/** Numbers among themselves, texts among themselves. */
function ordered(a: unknown, b: unknown, holds: (order: number) => boolean): boolean {
  if (typeof a === 'number' && typeof b === 'number') return holds(a - b);
  return typeof a === 'string' && typeof b === 'string' && holds(a < b ? -1 : a > b ? 1 : 0);
}
