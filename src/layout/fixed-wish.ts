import type { PointSpec } from '../device/point.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import { sideOf, wordLike } from './bound-value.js';
import { tokensIn } from './emit.js';

/** What an action without a placeholder wishes of its point. */
export type FixedWish = { readonly value: unknown } | { readonly pulseMs: unknown };

const PULSE_KEYS = ['pulse_ms', 'pulse', 'ms'];
const VALUE_KEYS = ['value', 'state', 'on', 'level', 'set', 'to', 'position', 'mode'];
/** Keys that say which output is meant, not what it is to be. */
const NAME_KEYS = new Set('msg_type dev device ch channel pin id name target unit room'.split(' '));

/**
 * The wish that a button's fixed payload holds: under a key that means a value or a pulse, else the one part of it that
 * fits the point, else the last word of its type (`lamp.on`). Undefined where it says nothing.
 */
export function fixedWish(payload: unknown, spec: Pick<PointSpec, 'type' | 'options' | 'safe'>): FixedWish | undefined {
  if (!isObject(payload)) return undefined;
  const named = VALUE_KEYS.map((key) => understood(payload[key], spec)).find((value) => value !== undefined);
  const pulse = PULSE_KEYS.find((key) => typeof payload[key] === 'number');
  // A pulse goes to the other side and back: whoever says the side of rest beside a time does not want one.
  const rests = named === (spec.safe ?? false);
  if (pulse !== undefined && spec.type === 'boolean' && !rests) return { pulseMs: payload[pulse] };
  if (named !== undefined) return { value: named };
  if (spec.type === 'string' || spec.type === 'number') return undefined;
  const fitting = leaves(payload)
    // A number under an unknown key may as well say which output is meant.
    .map((leaf) => (typeof leaf === 'number' ? undefined : understood(leaf, spec)))
    .filter((value) => value !== undefined);
  if (fitting.length === 1) return { value: fitting[0] };
  const word =
    String(payload['msg_type'])
      .split(/[^A-Za-z0-9]+/)
      .at(-1) ?? '';
  const value = understood(word, spec);
  return value === undefined || fitting.length > 1 ? undefined : { value };
}

/** A part of a payload as a value of the point; undefined where it is none. */
function understood(part: unknown, spec: Pick<PointSpec, 'type' | 'options'>): unknown {
  switch (spec.type) {
    case 'boolean':
      if (part === 0 || part === 1) return part === 1;
      return typeof part === 'string' ? sideOf(part) : typeof part === 'boolean' ? part : undefined;
    case 'number':
      return typeof part === 'number' ? part : undefined;
    case 'enum':
      return typeof part === 'string' ? wordLike(spec.options ?? [], part) : undefined;
    case 'string':
      return typeof part === 'string' && tokensIn(part).length === 0 ? part : undefined;
  }
}

function leaves(payload: JsonObject): unknown[] {
  return Object.entries(payload).flatMap(([key, value]) => {
    if (NAME_KEYS.has(key)) return [];
    return isObject(value) ? leaves(value) : [value];
  });
}
