import { z } from 'zod';
import { durationBetween, value } from '../../src/device/options.js';
import { outputOptions } from '../../src/device/output-options.js';
import { fitsType, type PointType } from '../../src/device/point.js';
import { readingOptions } from '../../src/device/reading-options.js';
import { BridgeError, describeError } from '../../src/error.js';
import { Pattern } from './pattern.js';
import { parseTemplate } from './template.js';

/** A regular expression that can be matched in linear time. */
export const pattern = z
  .string()
  .min(1)
  .superRefine((source, context) => {
    const problem = problemOf(() => new Pattern(source));
    if (problem) context.addIssue({ code: 'custom', message: problem.message, params: { hint: problem.hint } });
  })
  .meta({ typeName: 'regular expression' });

const confirm = z
  .union(
    [
      z.literal('reading'),
      z.literal('assume'),
      z.strictObject({
        reply: pattern.describe('The line that says "done"; a group `(?<value>…)` in it is what the board has set'),
        refuse: pattern.optional().describe('The line that says "no"'),
      }),
    ],
    { error: 'expected `reading`, `assume` or `{reply: pattern}`' },
  )
  .meta({ typeName: '`reading`, `assume` or {reply, refuse}' });

const name = z.string().min(1).max(64);

/** One point of a sketch that prints lines. */
export const pointOptions = z
  .strictObject({
    from: name.optional().describe('Its name in the lines; the id where absent'),
    role: z
      .enum(['sensor', 'actuator', 'event'])
      .default('sensor')
      .describe('sensor: read only; actuator: can be commanded; event: happens, has no value'),
    type: z
      .enum(['boolean', 'number', 'enum', 'string'])
      .optional()
      .describe('What it holds; a sensor without it is a number, or an enum where `options` are given'),
    label: name.optional().describe('What people call it'),
    unit: z.string().max(16).optional().describe('Unit shown beside the value'),
    min: z.number().optional().describe('Smallest value: a limit for an actuator, a hint for a sensor'),
    max: z.number().optional().describe('Largest value: a limit for an actuator, a hint for a sensor'),
    step: z.number().positive().optional().describe('Distance between two values; readings confirm within half of it'),
    options: z.array(name).min(1).max(64).optional().describe('The words of an enum'),
    safe: value
      .optional()
      .describe(
        'What the output is put to when in doubt; `hold` leaves it alone. Default: false, or 0 within the limits; enums and strings are left alone',
      ),
    within: durationBetween('50ms', '10m').prefault('1500ms').describe('How long a command may take to be confirmed'),
    write: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('The line that switches it: `PUMP {value:on|off}` (the first word means true) or `SET {value}`'),
    confirm: confirm
      .optional()
      .describe('How the board confirms: by the next reading of the point (default), not at all, or by a reply line'),
    ...outputOptions,
    ...readingOptions,
  })
  .superRefine((point, context) => {
    for (const [key, message, hint] of problemsOf(point)) {
      context.addIssue({ code: 'custom', path: [key], message, params: { hint } });
    }
  });

/** One point as its owner configured it. */
export type PointOptions = z.output<typeof pointOptions>;

/** The type of a point that may not say it. */
export function typeOf(point: Pick<PointOptions, 'type' | 'role' | 'options'>): PointType {
  return point.type ?? (point.role === 'event' ? 'string' : point.options ? 'enum' : 'number');
}

type Problem = readonly [key: keyof PointOptions, message: string, hint?: string];

function problemsOf(point: PointOptions): Problem[] {
  const type = typeOf(point);
  const problems: (Problem | false | undefined)[] = [
    ...rolesProblems(point),
    type === 'enum' && !point.options && ['options', 'an enum needs its words', 'for example `options: [low, high]`'],
    type !== 'enum' && point.options && ['options', `a ${type} has no options`, 'set `type: enum`'],
    point.options && new Set(point.options).size < point.options.length && ['options', 'the same word twice'],
    type !== 'number' && point.step !== undefined && ['step', `a ${type} has no step`],
    type !== 'number' && point.min !== undefined && ['min', `a ${type} has no smallest value`],
    type !== 'number' && point.max !== undefined && ['max', `a ${type} has no largest value`],
    point.min !== undefined &&
      point.max !== undefined &&
      point.min >= point.max && ['min', '`min` must be below `max`'],
    safeProblem(point, type),
    writeProblem(point, type),
  ];
  return problems.filter((problem): problem is Problem => Array.isArray(problem));
}

function rolesProblems(point: PointOptions): (Problem | false | undefined)[] {
  if (point.role === 'event') return [point.type !== undefined && ['type', 'an event has no value and so no type']];
  if (point.role === 'actuator') {
    return [
      point.write === undefined && [
        'write',
        'an actuator needs the line that switches it',
        'for example `write: "PUMP {value:on|off}"`',
      ],
      point.type === undefined && ['type', 'an actuator needs a type', '`boolean`, `number`, `enum` or `string`'],
    ];
  }
  const hint = 'set `role: actuator`';
  return (['write', 'confirm', 'safe', 'clamp'] as const).map(
    (key) => point[key] !== undefined && [key, `only an actuator has \`${key}\``, hint],
  );
}

function safeProblem(point: PointOptions, type: PointType): Problem | undefined {
  const { safe, min, max } = point;
  if (safe === undefined || safe === 'hold' || point.role !== 'actuator') return undefined;
  if (!fitsType({ type, ...(point.options ? { options: point.options } : {}) }, safe)) {
    return ['safe', `\`${String(safe)}\` is not a value of this ${type}`, 'or write `hold` to leave it alone'];
  }
  if (typeof safe !== 'number' || (safe >= (min ?? safe) && safe <= (max ?? safe))) return undefined;
  return ['safe', 'outside `min` and `max`'];
}

function writeProblem({ write, options }: PointOptions, type: PointType): Problem | undefined {
  if (write === undefined || (type === 'enum' && !options)) return undefined;
  // A sketch reads up to the newline; anything like it would be a second command.
  if (/[\u0000-\u001f\u007f-\u009f]/.test(write)) return ['write', 'control characters can not be written'];
  const problem = problemOf(() => parseTemplate(write, type, options));
  if (!problem) return undefined;
  return problem.hint === undefined ? ['write', problem.message] : ['write', problem.message, problem.hint];
}

function problemOf(attempt: () => unknown): { message: string; hint?: string } | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (!(error instanceof BridgeError)) return { message: describeError(error) };
    return { message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
}
