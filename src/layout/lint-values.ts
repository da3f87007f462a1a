import { isObject } from '../mesh/frame.js';
import { holds } from './catalogue.js';
import { error, isNumber, type LayoutFinding, type Linted, quoted, type Rule, warning } from './finding.js';
import { accept } from './sync.js';
import type { Spot } from './walk.js';

/** Ranges, options and defaults. */
export const VALUE_RULES: readonly Rule[] = [badRange, badOptions, badDefault, badUnit];

function* badRange({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, type, path } of spots) {
    if (!['number', 'samples'].includes(holds(type))) continue;
    const { min, max, step } = control;
    if (type === 'gauge') {
      for (const key of ['min', 'max']) {
        if (control[key] === undefined) yield error('missing_field', [...path, key], `a gauge needs \`${key}\``);
      }
    }
    if (type === 'progressRing' && (min === undefined || max === undefined)) {
      yield warning('bad_range', path, 'apps do not agree on the range of a progressRing', 'write `min` and `max`');
    }
    for (const key of ['min', 'max', 'step']) {
      const value = control[key];
      if (value !== undefined && !isNumber(value)) yield error('bad_range', [...path, key], `\`${key}\` is a number`);
    }
    const [low, high] = controlRange(control);
    if (low >= high)
      yield error('bad_range', [...path, min === undefined ? 'max' : 'min'], '`min` must be below `max`');
    if (isNumber(step) && step <= 0) yield error('bad_range', [...path, 'step'], '`step` is above 0');
  }
}

/** The range of a control of numbers, with what apps take where none is written. */
export function controlRange(control: Spot['control']): [number, number] {
  const { min, max } = control;
  return [isNumber(min) ? min : 0, isNumber(max) ? max : 100];
}

function* badOptions({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, type, path } of spots) {
    if (type !== 'segmentedControl' && type !== 'picker') continue;
    const { options } = control;
    const at = [...path, 'options'];
    if (!Array.isArray(options) || options.length === 0 || !options.every((option) => typeof option === 'string')) {
      yield error('missing_field', at, `a ${type} needs \`options\`, a list of texts`);
    } else if (new Set(options).size < options.length) yield warning('bad_range', at, 'the same option twice');
  }
}

function* badDefault({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, type, path } of spots) {
    const { defaultValue, options } = control;
    if (defaultValue === undefined || holds(type) === 'nothing') continue;
    const at = [...path, 'defaultValue'];
    if ('miss' in accept(type, readable(holds(type), defaultValue))) {
      yield error('bad_default_value', at, `a ${type} can't hold ${quoted(defaultValue)}`);
    } else if (isNumber(defaultValue) && holds(type) === 'number' && (control['min'] ?? control['max']) !== undefined) {
      const [low, high] = controlRange(control);
      if (defaultValue >= low && defaultValue <= high) continue;
      yield error('bad_default_value', at, `lies outside of ${low} to ${high}`);
    } else if (Array.isArray(options) && !options.includes(defaultValue)) {
      yield error('bad_default_value', at, `${quoted(defaultValue)} is none of the options`);
    }
  }
}

/** Data controls may have their default as JSON in a text. */
function readable(kind: string, value: unknown): unknown {
  if (typeof value !== 'string' || !['rows', 'lines', 'samples'].includes(kind)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function* badUnit({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, path } of spots) {
    const { unit, segments } = control;
    if (unit !== undefined && typeof unit !== 'string')
      yield warning('bad_unit', [...path, 'unit'], '`unit` is a text');
    if (!Array.isArray(segments)) continue;
    let last = Number.NEGATIVE_INFINITY;
    for (const [i, segment] of segments.entries()) {
      const limit = isObject(segment) ? segment['limit'] : undefined;
      if (!isNumber(limit) || limit <= last) {
        yield warning('bad_range', [...path, 'segments', i], 'the limits of segments rise, each a number');
      } else last = limit;
    }
  }
}
