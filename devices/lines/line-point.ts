import type { PointSpec, Value } from '../../src/device/point.js';
import type { LinesOptions } from './options.js';
import { Pattern } from './pattern.js';
import { type PointOptions, typeOf } from './point-options.js';
import { parseTemplate, type Template } from './template.js';
import type { Understanding } from './words.js';

/** How a board confirms a command of a point. */
export type Confirmation =
  | { readonly by: 'reading' }
  | { readonly by: 'assume' }
  | { readonly by: 'reply'; readonly reply: Pattern; readonly refuse?: Pattern };

/** A configured point, ready to be read and written. */
export interface LinePoint {
  readonly spec: PointSpec;
  /** Its name in the lines. */
  readonly from: string;
  readonly understanding: Understanding;
  /** Absent for points that can't be commanded. */
  readonly command?: { readonly template: Template; readonly confirm: Confirmation };
}

/** The configured points by id; undefined where the config lists none. */
export function linePoints(options: LinesOptions): ReadonlyMap<string, LinePoint> | undefined {
  if (!options.points) return undefined;
  return new Map(Object.entries(options.points).map(([id, point]) => [id, linePoint(id, point)]));
}

function linePoint(id: string, options: PointOptions): LinePoint {
  const type = typeOf(options);
  const from = options.from ?? id;
  if (options.role !== 'actuator' || options.write === undefined) {
    const spec = { id, role: options.role, type, ...details(options) };
    return { spec, from, understanding: { type, options: options.options } };
  }
  const template = parseTemplate(options.write, type, options.options);
  const confirm = confirmation(options.confirm ?? 'reading');
  const spec: PointSpec = {
    id,
    role: 'actuator',
    type,
    ...details(options),
    ...safeValue(options),
    within: options.within,
    ...(confirm.by === 'assume' ? { assumed: true } : {}),
  };
  const words = template.words && new Map([...template.words].map(([value, word]) => [word.toLowerCase(), value]));
  return { spec, from, understanding: { type, options: options.options, words }, command: { template, confirm } };
}

function details({ label, unit, min, max, step, clamp, options }: PointOptions): Partial<PointSpec> {
  return {
    ...(label === undefined ? {} : { label }),
    ...(unit === undefined ? {} : { unit }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(step === undefined ? {} : { step }),
    ...(clamp === undefined ? {} : { clamp }),
    ...(options === undefined ? {} : { options }),
  };
}

function safeValue({ safe, type, min, max }: PointOptions): { safe?: Value } {
  if (safe === 'hold') return {};
  if (safe !== undefined) return { safe };
  if (type === 'boolean') return { safe: false };
  if (type === 'number') return { safe: Math.min(Math.max(0, min ?? 0), max ?? Number.POSITIVE_INFINITY) };
  return {};
}

function confirmation(confirm: NonNullable<PointOptions['confirm']>): Confirmation {
  if (confirm === 'reading' || confirm === 'assume') return { by: confirm };
  const reply = new Pattern(confirm.reply);
  return confirm.refuse === undefined
    ? { by: 'reply', reply }
    : { by: 'reply', reply, refuse: new Pattern(confirm.refuse) };
}
