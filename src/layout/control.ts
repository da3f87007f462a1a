import type { PointSpec } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';
import { listening, sending } from './own-frames.js';

/** A control without its place: what it is, what it shows and commands, and how many columns it wants. */
export interface Control {
  readonly json: JsonObject;
  readonly span: 1 | 2 | 4;
}

/** How far a stepper goes where the device names no limit. */
const SPAN = 100;
const LARGEST = 1e12;
/** More options than this go into a picker instead of side by side. */
const SEGMENTS = 5;
/** Longest option that a phone is asked to show. */
const OPTION = 60;

/** The control that fits a point; undefined for event points, which have no value. */
export function controlFor(spec: PointSpec, device: string, namespace: string): Control | undefined {
  if (spec.role === 'event') return undefined;
  const bound = { sync: [listening(namespace, 'state', `${device}.${spec.id}`)] };
  const { json, span } = spec.role === 'actuator' ? input(spec) : shown(spec);
  const command = sending(namespace, 'cmd', { dev: device, point: spec.id, value: '{{value}}' });
  return { json: { ...json, ...bound, ...(json['type'] === 'label' ? {} : { action: command }) }, span };
}

/** The limits of a point, where it has both and they make sense. */
export function rangeOf(spec: PointSpec): { min: number; max: number } | undefined {
  const min = limit(spec.min);
  const max = limit(spec.max);
  return min !== undefined && max !== undefined && min < max ? { min, max } : undefined;
}

/** A number that a limit can be; beyond, doubles are too coarse to slide on. */
function limit(value: number | undefined): number | undefined {
  return value !== undefined && Math.abs(value) <= LARGEST ? value : undefined;
}

/** What a phone appends to a number; nothing where there is no unit. */
export function unitFormat({ type, unit }: PointSpec): JsonObject {
  return type === 'number' && unit ? { formatValue: `suffix: ${printable(unit, 12)}` } : {};
}

function shown(spec: PointSpec): Control {
  const words = spec.type === 'boolean' ? { valueMap: { true: 'on', false: 'off' } } : unitFormat(spec);
  return { json: { type: 'label', text: '—', ...words }, span: 2 };
}

function input(spec: PointSpec): Control {
  switch (spec.type) {
    case 'boolean':
      return { json: { type: 'toggle', defaultValue: false }, span: 2 };
    case 'number':
      return number(spec);
    case 'enum': {
      // A phone shows only what is text; the device gets the option as it is.
      const texts = (spec.options ?? []).filter((option) => option !== '' && printable(option, OPTION) === option);
      const options = [...new Set(texts)];
      if (options.length === 0) return shown(spec);
      return options.length <= SEGMENTS
        ? { json: { type: 'segmentedControl', options }, span: 4 }
        : { json: { type: 'picker', options }, span: 2 };
    }
    case 'string':
      return { json: { type: 'textInput', keyboard: 'ascii' }, span: 4 };
  }
}

function number(spec: PointSpec): Control {
  const step = spec.step !== undefined && spec.step > 0 && Number.isFinite(spec.step) ? spec.step : 1;
  const limits = rangeOf(spec);
  if (limits) return { json: { type: 'slider', ...limits, step, defaultValue: nearestTo(0, limits) }, span: 4 };
  const min = limit(spec.min);
  const max = limit(spec.max);
  const low = min ?? Math.min(0, (max ?? SPAN) - SPAN);
  const open = { min: low, max: max !== undefined && max > low ? max : low + SPAN };
  return { json: { type: 'stepper', ...open, step, defaultValue: nearestTo(0, open) }, span: 2 };
}

function nearestTo(value: number, { min, max }: { min: number; max: number }): number {
  return Math.min(max, Math.max(min, value));
}
