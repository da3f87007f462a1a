import { z } from 'zod';
import { durationBetween } from '../../src/device/options.js';
import { outputOptions } from '../../src/device/output-options.js';
import { readingOptions } from '../../src/device/reading-options.js';
import { rate } from './rate.js';

/** Numbers of a chip's lines; on a Pi, of its header: 0 to 27. */
const pin = z.int().min(0).max(1023);

const pwm = z.strictObject({
  frequency: rate.prefault('1kHz').describe('How often a second it is switched'),
  chip: z
    .string()
    .regex(/^pwmchip\d+$/, { error: 'expected a name such as pwmchip0' })
    .optional()
    .describe('The PWM chip; found by the pin on a Pi'),
  channel: z.int().min(0).max(63).optional().describe('The channel of that chip; found by the pin on a Pi'),
});

/** One point of a bank of pins. */
export const pointOptions = z
  .strictObject({
    pin: pin.optional().describe('BCM number (`GPIO17` is 17)'),
    pins: z.tuple([pin, pin]).optional().describe('Both pins of a rotary encoder'),
    direction: z.enum(['in', 'out']).describe('in: it is read; out: it is switched'),
    role: z
      .enum(['sensor', 'event', 'actuator'])
      .optional()
      .describe('event: a button that is pressed and released. Else it follows from `direction`'),
    label: z.string().min(1).max(64).optional().describe('What people call it'),
    unit: z.string().max(16).optional().describe('Unit shown beside the value'),
    activeLow: z
      .boolean()
      .default(false)
      .describe('true: it is on where the pin is low, as with a button to ground and most relay boards'),
    pull: z
      .enum(['up', 'down', 'off'])
      .optional()
      .describe('The pull resistor of an input; left as it is where absent'),
    debounce: durationBetween('0ms', '5s')
      .optional()
      .describe('An input counts once it was stable for so long. Default: 20ms for events, else 0ms'),
    measure: z
      .enum(['level', 'count', 'frequency', 'encoder'])
      .optional()
      .describe(
        'What an input is read as: on or off (default), pulses so far, pulses a second, position of a rotary encoder',
      ),
    edges: z.enum(['active', 'inactive', 'both']).optional().describe('Which changes are pulses. Default: active'),
    scale: z.number().positive().optional().describe('What one pulse, hertz or encoder step is worth. Default: 1'),
    window: durationBetween('100ms', '1m').optional().describe('How often a frequency is told. Default: 1s'),
    stepsPerDetent: z
      .literal([1, 2, 4])
      .optional()
      .meta({ typeName: '1, 2 or 4' })
      .describe('Changes of a rotary encoder from one detent to the next. Default: 4'),
    hold: durationBetween('100ms', '1m')
      .optional()
      .describe('A button held for so long is `held`; released earlier, it was `clicked`'),
    min: z.number().optional().describe('Smallest value of an encoder or a PWM output (default 0)'),
    max: z.number().optional().describe('Largest value of an encoder or a PWM output (default 100)'),
    step: z.number().positive().optional().describe('Distance between two values of a PWM output. Default: 1'),
    pwm: pwm.optional().describe('An output in percent, by one of the kernel’s PWM channels'),
    initial: z
      .union([z.boolean(), z.number(), z.literal('keep')], { error: 'expected on, off, a number or `keep`' })
      .optional()
      .describe('What it becomes when it is opened. Default: the safe value; with `onExit: hold`, what it is already')
      .meta({ typeName: 'boolean, number or `keep`' }),
    safe: z
      .union([z.boolean(), z.number()])
      .optional()
      .describe('What the output is put to when in doubt. Default: false, or 0 within the limits'),
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

/** What a point is. */
export type PointKind = 'level' | 'button' | 'count' | 'frequency' | 'encoder' | 'switch' | 'pwm';

/** What a point is, from what its owner said about it. */
export function kindOf({
  direction,
  role,
  measure,
  pwm,
}: Pick<PointOptions, 'direction' | 'role' | 'measure' | 'pwm'>): PointKind {
  if (direction === 'out') return pwm ? 'pwm' : 'switch';
  return role === 'event' ? 'button' : (measure ?? 'level');
}

type Problem = readonly [key: keyof PointOptions, message: string, hint?: string];

/** The kinds of points that have a key; all have those that are not listed. */
const KINDS: { readonly [key in keyof PointOptions]?: readonly PointKind[] } = {
  pull: ['level', 'button', 'count', 'frequency', 'encoder'],
  debounce: ['level', 'button', 'count', 'frequency', 'encoder'],
  measure: ['level', 'count', 'frequency', 'encoder'],
  edges: ['count', 'frequency'],
  scale: ['count', 'frequency', 'encoder'],
  window: ['frequency'],
  stepsPerDetent: ['encoder'],
  pins: ['encoder'],
  hold: ['button'],
  min: ['encoder', 'pwm'],
  max: ['encoder', 'pwm'],
  step: ['pwm'],
  unit: ['count', 'frequency', 'encoder', 'pwm'],
  initial: ['switch', 'pwm'],
  safe: ['switch', 'pwm'],
  onExit: ['switch', 'pwm'],
  lease: ['switch', 'pwm'],
};

const WORDS: Readonly<Record<PointKind, string>> = {
  level: 'an input',
  button: 'an event',
  count: 'a counter',
  frequency: 'a frequency',
  encoder: 'a rotary encoder',
  switch: 'an output that is on or off',
  pwm: 'a PWM output',
};

function problemsOf(point: PointOptions): Problem[] {
  const kind = kindOf(point);
  const given = Object.keys(KINDS).filter((key) => point[key as keyof PointOptions] !== undefined);
  const misplaced = given
    .filter((key) => !KINDS[key as keyof PointOptions]?.includes(kind))
    .map((key): Problem => [key as keyof PointOptions, `${WORDS[kind]} has no \`${key}\``]);
  return [...misplaced, ...roleProblems(point), ...pinProblems(point, kind), ...valueProblems(point, kind)];
}

function roleProblems({ direction, role, pwm }: PointOptions): Problem[] {
  const problems: Problem[] = [];
  if (role !== undefined && (direction === 'out') !== (role === 'actuator')) {
    problems.push(['role', `\`direction: ${direction}\` is not for \`role: ${role}\``]);
  }
  if (direction === 'in' && pwm) problems.push(['pwm', 'only an output has `pwm`', 'set `direction: out`']);
  return problems;
}

function pinProblems({ pin, pins, pwm }: PointOptions, kind: PointKind): Problem[] {
  if (kind === 'encoder') {
    if (pin !== undefined) return [['pin', 'a rotary encoder has two pins', 'write `pins: [5, 6]`']];
    if (!pins) return [['pins', 'a rotary encoder needs its two pins', 'write `pins: [5, 6]`']];
    return pins[0] === pins[1] ? [['pins', 'the same pin twice']] : [];
  }
  const named = pwm?.chip !== undefined && pwm.channel !== undefined;
  if (pin !== undefined || named) return [];
  return [['pin', 'the pin is missing', 'for example `pin: 17`']];
}

function valueProblems(point: PointOptions, kind: PointKind): Problem[] {
  const { initial, safe, lease, onExit, onBoot } = point;
  const type = kind === 'pwm' ? 'number' : 'boolean';
  const problems: (Problem | false)[] = [
    initial !== undefined && initial !== 'keep' && typeof initial !== type && ['initial', `must be a ${type}`],
    safe !== undefined && typeof safe !== type && ['safe', `must be a ${type}`],
    lease !== undefined && onExit === 'hold' && ['lease', '`lease` and `onExit: hold` exclude each other'],
    lease !== undefined &&
      initial !== undefined &&
      initial !== (safe ?? (kind === 'pwm' ? 0 : false)) && ['initial', 'with a `lease` it begins at its safe value'],
    initial !== undefined && onBoot !== undefined && ['onBoot', '`initial` and `onBoot` exclude each other'],
    initial !== undefined && onExit === 'restore' && ['onExit', '`initial` and `onExit: restore` exclude each other'],
  ];
  return [...problems, ...limitProblems(point, kind)].filter((problem): problem is Problem => Array.isArray(problem));
}

function limitProblems({ min = 0, max = 100, initial, safe }: PointOptions, kind: PointKind): (Problem | false)[] {
  if (kind !== 'pwm') return [];
  const outside = (value: unknown) => typeof value === 'number' && (value < min || value > max);
  return [
    (min < 0 || min >= 100) && ['min', 'must be at least 0 and below 100 (percent)'],
    (max <= 0 || max > 100) && ['max', 'must be above 0 and at most 100 (percent)'],
    outside(initial) && ['initial', 'outside `min` and `max`'],
    outside(safe) && ['safe', 'outside `min` and `max`'],
  ];
}
