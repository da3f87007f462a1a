import { MAX_DIGITS } from './limits.js';
import type { ValueType } from './message.js';
import { decodeText, encodeText } from './text.js';

/** What is needed to read or write a value of a point. */
export interface ValueShape {
  readonly type: ValueType;
  /** The words of an enum. */
  readonly options: readonly string[];
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * A number in plain digits, rounded to the nine that a field may have, without trailing zeros.
 * Throws a RangeError where that says another number altogether (1e9, NaN).
 */
export function encodeNumber(value: number): string {
  const whole = Math.trunc(Math.abs(value)).toString().length;
  const fixed = whole > MAX_DIGITS ? 'NaN' : value.toFixed(MAX_DIGITS - whole);
  const short = fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
  const text = short === '-0' ? '0' : short;
  if (decodeNumber(text) === undefined) throw new RangeError(`${value} can not be written in ${MAX_DIGITS} digits`);
  return text;
}

/** The number of a field; undefined where it is none, or has more digits than are allowed. */
export function decodeNumber(field: string): number | undefined {
  if (!NUMBER.test(field) || field.replace(/[-.]/g, '').length > MAX_DIGITS) return undefined;
  // No minus zero: a sketch that rounds says it.
  return Number(field) + 0;
}

/** The wire form of a value: `1`, `21.5`, the index of an enum's word, or text. Throws a RangeError for any other. */
export function encodeValue(shape: ValueShape, value: boolean | number | string): string {
  switch (shape.type) {
    case 'boolean':
      if (typeof value === 'boolean') return value ? '1' : '0';
      break;
    case 'number':
      if (typeof value === 'number') return encodeNumber(value);
      break;
    case 'enum': {
      const index = shape.options.indexOf(String(value));
      if (typeof value === 'string' && index >= 0) return String(index);
      break;
    }
    case 'text':
      if (typeof value === 'string') return encodeText(value);
  }
  throw new RangeError(`${String(value)} is no ${shape.type} of this point`);
}

/** The value of a wire form; null for `?`, which says that it is unknown; undefined where it does not fit. */
export function decodeValue(shape: ValueShape, field: string): boolean | number | string | null | undefined {
  if (field === '?') return null;
  switch (shape.type) {
    case 'boolean':
      return field === '1' ? true : field === '0' ? false : undefined;
    case 'number':
      return decodeNumber(field);
    case 'enum':
      return /^(?:0|[1-9]\d?)$/.test(field) ? shape.options[Number(field)] : undefined;
    case 'text':
      return decodeText(field);
  }
}
