import { type Outcome, refused } from '../device/outcome.js';
import { fitsType, type PointSpec, type Value } from '../device/point.js';
import { printable } from '../text.js';

/** Longest string that may be written to a device, in characters. */
const MAX_TEXT = 200;
/** Tolerance of a step, as a part of it: sliders compute with binary fractions. */
const STEP_SLACK = 1e-6;

/** A value that may be sent to the device, or the refusal. */
export type Checked = { readonly value: Value } | { readonly refusal: Outcome };

/**
 * Brings a wished value to the point's native type and holds it against its limits.
 * Booleans also come as "true", "false", 0, 1 and numbers as numeric strings; nothing else is bent.
 */
export function checkValue(spec: PointSpec, wish: unknown): Checked {
  const value = coerce(spec, wish);
  if (value === undefined)
    return { refusal: refused('type', `${spec.id} takes ${describeType(spec)}, not ${show(wish)}`) };
  return typeof value === 'number' ? checkNumber(spec, value) : { value };
}

function coerce(spec: PointSpec, wish: unknown): Value | undefined {
  if (spec.type === 'boolean') {
    if (wish === 'true' || wish === 1) return true;
    if (wish === 'false' || wish === 0) return false;
  }
  if (spec.type === 'number' && typeof wish === 'string' && /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(wish)) {
    const number = Number(wish);
    return Number.isFinite(number) ? number : undefined;
  }
  if (!fitsType(spec, wish)) return undefined;
  if (spec.type === 'string' && typeof wish === 'string' && (wish.length > MAX_TEXT || printable(wish) !== wish)) {
    return undefined;
  }
  return wish;
}

function checkNumber(spec: PointSpec, wish: number): Checked {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, step, clamp } = spec;
  if (!clamp && (wish < min || wish > max)) {
    return { refusal: refused('range', `${spec.id} takes ${min} to ${max}, not ${wish}`) };
  }
  const value = Math.min(max, Math.max(min, wish));
  if (step === undefined) return { value };
  const steps = (value - (spec.min ?? 0)) / step;
  if (!clamp && Math.abs(steps - Math.round(steps)) > STEP_SLACK) {
    return { refusal: refused('step', `${spec.id} goes in steps of ${step}, ${wish} lies between`) };
  }
  return { value: nearestStep(spec, value) };
}

/** The allowed value that is nearest to a number within the limits. */
export function nearestStep({ min, max = Number.POSITIVE_INFINITY, step }: PointSpec, value: number): number {
  if (step === undefined) return round(value);
  const origin = min ?? 0;
  // The upper limit need not be one of the steps.
  const last = Math.floor((max - origin) / step + STEP_SLACK);
  return Math.min(max, round(origin + Math.min(last, Math.round((value - origin) / step)) * step));
}

/** Takes off what binary fractions add: 0.1 × 3 is 0.3. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

function describeType(spec: PointSpec): string {
  if (spec.type === 'enum') return `one of ${(spec.options ?? []).join(', ')}`;
  if (spec.type === 'string') return `up to ${MAX_TEXT} printable characters`;
  return spec.type === 'boolean' ? 'true or false' : 'a number';
}

function show(wish: unknown): string {
  return printable(JSON.stringify(wish) ?? 'nothing', 40);
}
