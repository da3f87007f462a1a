import type { PointSpec, PointType, Value } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';
import { isObject } from '../mesh/frame.js';
import { type Holds, holds } from './catalogue.js';
import { typeOf } from './walk.js';

/** Words for the two sides of a switch, as far as nobody can mistake them. */
const ON = ['on', 'true', 'yes', '1', 'active', 'high'];
const OFF = ['off', 'false', 'no', '0', 'inactive', 'low'];
/** Words for what nobody knows. */
const UNKNOWN = ['unknown', 'offline', 'stale'];
/** What a label shows of a value that nobody knows. */
export const DASH = '—';

/** The words that a control can show: those of a status light, or the options. */
export function wordsOf(control: JsonObject): string[] {
  const { statusColors, options } = control;
  if (isObject(statusColors)) return Object.keys(statusColors);
  return Array.isArray(options) ? options.filter((option) => typeof option === 'string') : [];
}

/** The word that is meant, whatever its case. */
export function wordLike(words: readonly string[], text: string): string | undefined {
  return words.includes(text) ? text : words.find((word) => word.toLowerCase() === text.toLowerCase());
}

/** The words for on and off among some, where both are there. */
export function switchWords(words: readonly string[]): { on: string; off: string } | undefined {
  const among = (known: string[]) => known.map((word) => wordLike(words, word)).find((word) => word !== undefined);
  const on = among(ON);
  const off = among(OFF);
  return on === undefined || off === undefined ? undefined : { on, off };
}

/** The side of a switch that a word means; undefined for any other word. */
export function sideOf(word: string): boolean | undefined {
  if (wordLike(ON, word) !== undefined) return true;
  return wordLike(OFF, word) === undefined ? undefined : false;
}

/** True where a control can show a point of this type. */
export function canShow(control: JsonObject, type: PointType): boolean {
  switch (holds(typeOf(control))) {
    case 'boolean':
      return type === 'boolean';
    case 'number':
    case 'samples':
      return type === 'number';
    case 'text':
      return type !== 'boolean' || switchWords(wordsOf(control)) !== undefined;
    case 'scalar':
      return true;
    default:
      return false;
  }
}

/** A point's value as a control can show it; null: it is told that nobody knows, undefined: nothing can be said. */
export function shownAs(control: JsonObject, value: Value | null): Value | null | undefined {
  const kind = holds(typeOf(control));
  if (value === null) return unknownFor(kind, control);
  switch (kind) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'number':
    case 'samples':
      return typeof value === 'number' ? value : undefined;
    case 'scalar':
      return value;
    case 'text': {
      const words = wordsOf(control);
      if (typeof value === 'boolean') return switchWords(words)?.[value ? 'on' : 'off'];
      return wordLike(words, String(value)) ?? String(value);
    }
    default:
      return undefined;
  }
}

/** Only labels, and lights with a word for it, can say that nobody knows; an option would be taken for the value. */
function unknownFor(kind: Holds, control: JsonObject): Value | null | undefined {
  const type = typeOf(control);
  if (type === 'label') return DASH;
  if (type === 'statusLight') return UNKNOWN.map((word) => wordLike(wordsOf(control), word)).find(Boolean) ?? null;
  return kind === 'samples' ? undefined : null;
}

/** What a control's own value means for a point: words become sides of a switch, or the point's own options. */
export function meantFor(spec: Pick<PointSpec, 'type' | 'options'> | undefined, value: unknown): unknown {
  if (typeof value !== 'string' || !spec) return value;
  if (spec.type === 'enum') return wordLike(spec.options ?? [], value) ?? value;
  return spec.type === 'boolean' ? (sideOf(value) ?? value) : value;
}
