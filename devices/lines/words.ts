import type { PointType, Value } from '../../src/device/point.js';
import { misleads } from '../../src/text.js';

/** What a sketch says instead of a number that it has not got: Arduino prints `nan`, `inf` and `ovf`. */
const UNKNOWN = /^(?:[+-]?(?:nan|inf|infinity|ovf)|null)?$/i;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;

/** Units that people print behind a number. A multiplier (`10k`) is none: its number would be wrong. */
const UNITS = [
  '[°*º] ?[CFK]?|deg|%(?:RH|rh)?|[CFK]',
  '[mk]?V|[mµu]?A|[mk]?W|k?Wh|m?Ah|[kM]?(?:Ω|Ohm|ohm)|pH|dBm?',
  '[kM]?Hz|[hk]?Pa|m?bar|psi|lux|lx|pp[mb]|[RrMm][Pp][Mm]',
  '[cmkµu]?m|[mµu]?s|min|h|[kmµu]?g|m?[lL]|m/s|km/h|mm/h|[lL]/min|[µu]?g/m[3³]|W/m[2²]',
].join('|');

const UNIT = new RegExp(`^(?:${UNITS})$`);

/** A unit behind a number, up to the next separator: a sticky pattern for formats. */
export const UNIT_STICKY = new RegExp(`[ \\t]*(${UNITS})(?=[\\s,;|]|$)(?!\\s*[=:])`, 'y');

/** A word read as a number. */
export interface NumberWord {
  /** null: the device says that it has no number (`nan`, nothing, too large). */
  readonly value: number | null;
  readonly unit?: string;
}

/** Reads a decimal number, alone or with a known unit behind it (`21.5`, `21.5C`, `45 %`); undefined where it is none. */
export function readNumber(word: string): NumberWord | undefined {
  const text = word.trim();
  if (UNKNOWN.test(text)) return { value: null };
  const digits = NUMBER.exec(text)?.[0];
  if (digits === undefined) return undefined;
  const unit = text.slice(digits.length).trim();
  if (unit !== '' && !UNIT.test(unit)) return undefined;
  const number = Number(digits);
  // 1e999 is an overflow; -0 is said by sketches that round.
  const value = Number.isFinite(number) ? number + 0 : null;
  return unit === '' ? { value } : { value, unit };
}

/** What an unlisted value seems to be; without a type where the device has none just now. */
export interface Guess {
  readonly type?: Exclude<PointType, 'enum'>;
  readonly value: Value | null;
  readonly unit?: string;
}

const INFERRED_BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['on', true],
  ['false', false],
  ['off', false],
]);

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...INFERRED_BOOLEANS,
  ['yes', true],
  ['high', true],
  ['1', true],
  ['no', false],
  ['low', false],
  ['0', false],
]);

/** Says what a raw value is when nobody declared it. What may be a hex number (`7A`) is text. */
export function guess(raw: Value | null): Guess {
  if (raw === null) return { value: null };
  if (typeof raw === 'number') return { type: 'number', value: raw };
  if (typeof raw === 'boolean') return { type: 'boolean', value: raw };
  const boolean = INFERRED_BOOLEANS.get(raw.toLowerCase());
  if (boolean !== undefined) return { type: 'boolean', value: boolean };
  const number = /^\d+[A-F]$/.test(raw) ? undefined : readNumber(raw);
  if (!number) return { type: 'string', value: misleads(raw) ? null : raw };
  if (number.value === null) return { value: null };
  return { type: 'number', ...number };
}

/** What a declared point needs to understand its words. */
export interface Understanding {
  readonly type: PointType;
  readonly options?: readonly string[] | undefined;
  /** Further words for its values, such as those of its write template; by lower case. */
  readonly words?: ReadonlyMap<string, Value> | undefined;
}

/**
 * A raw value as the declared type; null where the device says that it has none, undefined where it does not fit
 * (a word for a number).
 */
export function understand(point: Understanding, raw: Value | null): Value | null | undefined {
  if (raw === null) return null;
  switch (point.type) {
    case 'number':
      return typeof raw === 'number' ? raw : typeof raw === 'string' ? readNumber(raw)?.value : undefined;
    case 'boolean':
      return typeof raw === 'boolean' ? raw : fitWord(point, raw, (word) => BOOLEANS.get(word));
    case 'enum':
      return fitWord(point, raw, (word) => point.options?.find((option) => option.toLowerCase() === word));
    case 'string':
      return raw === '' || misleads(String(raw)) ? null : String(raw);
  }
}

function fitWord(
  point: Understanding,
  raw: Value,
  known: (word: string) => Value | undefined,
): Value | null | undefined {
  const text = String(raw).trim();
  if (point.options?.includes(text)) return text;
  const word = text.toLowerCase();
  return point.words?.get(word) ?? known(word) ?? (UNKNOWN.test(text) ? null : undefined);
}
