import type { Value } from '../device/point.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import { holds } from './catalogue.js';
import { matches } from './filter.js';
import { valueAt } from './value-path.js';

/** One thing that a control listens to on the channel. */
export interface Listen {
  /** Absent: every frame passes. */
  readonly filter: JsonObject | undefined;
  /** Empty: the whole frame. */
  readonly valuePath: string;
  /** Its place in the control's `sync`. */
  readonly index: number;
}

/** What a frame does to a control that takes it in. */
export type Delivery =
  | { readonly to: 'value'; readonly value: Value }
  | { readonly to: 'samples'; readonly samples: readonly number[]; readonly replace: boolean }
  | { readonly to: 'rows'; readonly rows: readonly JsonObject[] }
  | { readonly to: 'lines'; readonly lines: readonly JsonObject[] }
  | { readonly to: 'document'; readonly document: unknown };

/** Why a frame leaves a control as it was. */
export type Miss = 'filter_miss' | 'path_miss' | 'type_miss';

/** What came of a frame at a control. */
export type Outcome = { readonly delivery: Delivery } | { readonly miss: Miss };

const TYPE_MISS: Outcome = { miss: 'type_miss' };

/** What a control listens to over the relay's broadcasts; what it gets in other ways is no business of a server. */
export function listensOf(control: JsonObject): Listen[] {
  const { sync } = control;
  if (!Array.isArray(sync)) return [];
  return sync.flatMap((entry: unknown, index) => {
    if (!isObject(entry)) return [];
    const { method = 'meshsocket', event = 'broadcast', filter, valuePath } = entry;
    if (method !== 'meshsocket' || event !== 'broadcast') return [];
    // A filter that is no object never matches.
    if (filter !== undefined && filter !== null && !isObject(filter)) return [];
    return [{ filter: filter ?? undefined, valuePath: typeof valuePath === 'string' ? valuePath : '', index }];
  });
}

/** What a broadcast payload does to a control of a type that listens so: filter, then path, then type. Never throws. */
export function hear(type: string | undefined, { filter, valuePath }: Listen, frame: unknown): Outcome {
  if (!matches(filter, frame)) return { miss: 'filter_miss' };
  const at = valueAt(frame, valuePath);
  // A console without an entry at its path shows the frame itself.
  if (holds(type) === 'lines')
    return accept(type, at.found && typeof at.value === 'object' && at.value ? at.value : frame);
  return at.found ? accept(type, at.value) : { miss: 'path_miss' };
}

/** What a value does to a control of a type, wherever it comes from. */
export function accept(type: string | undefined, value: unknown): Outcome {
  switch (holds(type)) {
    case 'nothing':
      return TYPE_MISS;
    case 'samples':
      return samples(value);
    case 'rows':
      return Array.isArray(value) && value.every(isObject) ? { delivery: { to: 'rows', rows: value } } : TYPE_MISS;
    case 'lines':
      return lines(value);
    case 'document':
      return document(value);
    case 'boolean':
      return typeof value === 'boolean' ? { delivery: { to: 'value', value } } : TYPE_MISS;
    case 'number':
      return typeof value === 'number' ? { delivery: { to: 'value', value } } : TYPE_MISS;
    case 'text':
      return typeof value === 'string' ? { delivery: { to: 'value', value } } : TYPE_MISS;
    case 'scalar':
      return isScalar(value) ? { delivery: { to: 'value', value } } : TYPE_MISS;
  }
}

/** True for what a control without a document of its own can hold. */
export function isScalar(value: unknown): value is Value {
  return typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string';
}

function samples(value: unknown): Outcome {
  if (typeof value === 'number') return { delivery: { to: 'samples', samples: [value], replace: false } };
  if (!Array.isArray(value)) return TYPE_MISS;
  const numbers = value.filter((item) => item !== null);
  if (!numbers.every((item) => typeof item === 'number')) return TYPE_MISS;
  return { delivery: { to: 'samples', samples: numbers, replace: true } };
}

function lines(value: unknown): Outcome {
  const entries = Array.isArray(value) ? value.filter(isObject) : isObject(value) ? [value] : [];
  return entries.length > 0 ? { delivery: { to: 'lines', lines: entries } } : TYPE_MISS;
}

function document(value: unknown): Outcome {
  const json = typeof value === 'string' ? parsed(value) : value;
  return typeof json === 'object' && json !== null ? { delivery: { to: 'document', document: json } } : TYPE_MISS;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Text that is no JSON is no document.
    return undefined;
  }
}
