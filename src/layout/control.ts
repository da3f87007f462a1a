import type { PointSpec } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';

/** A control without its place: what it is, what it shows and commands, and how many columns it wants. */
export interface Control {
  readonly json: JsonObject;
  readonly span: 1 | 2 | 4;
}

/** How far a stepper goes where the device names no limit. */
const SPAN = 100;
/** More options than this go into a picker instead of side by side. */
const SEGMENTS = 5;

/** The control that fits a point; undefined for event points, which have no value. */
export function controlFor(spec: PointSpec, device: string, namespace: string): Control | undefined {
  if (spec.role === 'event') return undefined;
  const bound = { sync: [listen(spec, device, namespace)] };
  if (spec.role === 'sensor') return { json: { ...label(spec), ...bound }, span: 2 };
  const { json, span } = input(spec);
  return { json: { ...json, ...bound, action: command(spec, device, namespace) }, span };
}

function listen(spec: PointSpec, device: string, namespace: string): JsonObject {
  return {
    method: 'meshsocket',
    type: 'listen',
    event: 'broadcast',
    filter: { msg_type: `${namespace}.state` },
    valuePath: `${device}.${spec.id}`,
  };
}

function command(spec: PointSpec, device: string, namespace: string): JsonObject {
  return {
    method: 'meshsocket',
    mode: 'broadcast',
    event: 'broadcast_request',
    payload: { msg_type: `${namespace}.cmd`, dev: device, point: spec.id, value: '{{value}}' },
  };
}

function label(spec: PointSpec): JsonObject {
  if (spec.type === 'boolean') return { type: 'label', text: '—', valueMap: { true: 'on', false: 'off' } };
  const unit = spec.type === 'number' && spec.unit ? { formatValue: `suffix: ${printable(spec.unit, 12)}` } : {};
  return { type: 'label', text: '—', ...unit };
}

function input(spec: PointSpec): Control {
  const { step = 1 } = spec;
  // A phone shows only what is text; the device gets the option as it is.
  const options = (spec.options ?? []).filter((option) => printable(option) === option);
  switch (spec.type) {
    case 'boolean':
      return { json: { type: 'toggle', defaultValue: false }, span: 2 };
    case 'number': {
      const bounded = spec.min !== undefined && spec.max !== undefined && spec.min < spec.max;
      const min = spec.min ?? Math.min(0, (spec.max ?? SPAN) - SPAN);
      const max = spec.max ?? min + SPAN;
      const range = { min, max, step, defaultValue: Math.min(max, Math.max(min, 0)) };
      return bounded
        ? { json: { type: 'slider', ...range }, span: 4 }
        : { json: { type: 'stepper', ...range }, span: 2 };
    }
    case 'enum':
      return options.length <= SEGMENTS
        ? { json: { type: 'segmentedControl', options }, span: 4 }
        : { json: { type: 'picker', options }, span: 2 };
    case 'string':
      return { json: { type: 'textInput', keyboard: 'ascii' }, span: 4 };
  }
}
