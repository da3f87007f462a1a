import { z } from 'zod';
import { durationBetween, speed } from './options.js';
import { isOn, type OutputRules, type PointSpec } from './point.js';

const policy = z.enum(['safe', 'hold', 'restore']);

/** The keys that every output of every driver may have: what its owner allows, and what becomes of it in trouble. */
export const outputOptions = {
  clamp: z
    .boolean()
    .optional()
    .describe('true: a command outside the limits is moved to the nearest value instead of refused'),
  minInterval: durationBetween('20ms', '1s')
    .optional()
    .describe('Shortest time between two commands; of those that come sooner the last one is kept'),
  slew: speed.optional().describe('Fastest change, such as `20/s`; a number alone is meant per second'),
  pulse: durationBetween('10ms', '1m')
    .optional()
    .describe(
      'Switching it on is a pulse of this length: for what a button starts, as phones never say that one was released',
    ),
  maxOn: durationBetween('10ms', '24h').optional().describe('Longest time on; then it is put to its safe value'),
  minOff: durationBetween('10ms', '24h')
    .optional()
    .describe('Shortest time off, also after a start: for compressors and the like'),
  lease: durationBetween('500ms', '1h')
    .optional()
    .describe('It goes back to its safe value by itself when no command came for so long'),
  holdToRun: z
    .boolean()
    .optional()
    .describe('true: it is on only while a button is held in the panel, or for 750 ms after a phone’s tap'),
  arm: durationBetween('1s', '5m')
    .optional()
    .describe('It leaves its safe value only for those who armed it, within so long'),
  onExit: z
    .enum(['safe', 'hold', 'restore'])
    .optional()
    .describe(
      'When the bridge stops. safe (default): it is put to its safe value; hold: it stays as it is; restore: safe, and what was wished last comes back at the next start, as with `onBoot: restore`',
    ),
  onBoot: policy
    .optional()
    .describe('When the bridge has started. safe (default); hold: as it is found; restore: what was wished last'),
  onDeviceLost: policy
    .optional()
    .describe('When its device is back. safe (default); hold: as it is found; restore: what was wished last'),
  onRelayLost: policy
    .optional()
    .describe(
      'When there was no relay for `safety.relayGrace`. safe (default); hold: it stays; restore: safe until the relay is back',
    ),
};

const shape = z.object(outputOptions);

/** The same as a config gave it for one point. */
export type OutputPointOptions = z.output<typeof shape>;

const KEYS = Object.keys(outputOptions) as (keyof OutputPointOptions)[];

/** A device's `outputOptions` by point, whatever its driver; only of points that have some. */
export function outputOptionsOf(options: unknown): ReadonlyMap<string, OutputPointOptions> {
  const points = (options as { points?: Readonly<Record<string, OutputPointOptions>> } | null)?.points ?? {};
  return new Map(
    Object.entries(points).flatMap(([id, point]) => {
      const given = KEYS.filter((key) => point[key] !== undefined).map((key) => [key, point[key]]);
      return given.length > 0 ? [[id, Object.fromEntries(given) as OutputPointOptions] as const] : [];
    }),
  );
}

/** A point with what its owner allows. */
export function ruledSpec(spec: PointSpec, { clamp, onExit, ...others }: OutputPointOptions): PointSpec {
  const rules = onExit === 'restore' ? { ...others, onBoot: onExit } : others;
  return {
    ...spec,
    ...(clamp === undefined ? {} : { clamp }),
    ...(onExit === undefined ? {} : { holds: onExit === 'hold' }),
    ...(Object.keys(rules).length === 0 ? {} : { rules: rules satisfies OutputRules }),
  };
}

/** Something in a point's `outputOptions` that is not for this point. */
export interface OutputProblem {
  readonly key: keyof OutputPointOptions;
  readonly message: string;
  readonly hint?: string;
}

/** Rules that bring an output back to its safe value, and so must know one that is off. */
const NEED_OFF = ['pulse', 'maxOn', 'minOff', 'lease', 'holdToRun'] as const;
/** Rules that need a safe value, whichever it is. */
const NEED_SAFE = ['arm', 'onBoot', 'onDeviceLost', 'onRelayLost'] as const;
/** Events after which what was wished last may come back. */
const COMEBACKS = ['onExit', 'onBoot', 'onDeviceLost', 'onRelayLost'] as const;

/** What of a point's `outputOptions` is not for it. */
export function outputProblems(options: OutputPointOptions, spec: PointSpec): OutputProblem[] {
  const given = KEYS.filter((key) => options[key] !== undefined);
  if (spec.role !== 'actuator') {
    return given.map((key) => ({
      key,
      message: `only an output has \`${key}\``,
      hint: 'it is for what can be switched',
    }));
  }
  const problems: OutputProblem[] = [];
  const no = (key: keyof OutputPointOptions, message: string, hint?: string) => {
    problems.push({ key, message, ...(hint === undefined ? {} : { hint }) });
  };
  const { slew, pulse, lease, holdToRun, maxOn, onBoot, onExit } = options;
  for (const key of NEED_OFF) {
    const off = spec.safe !== undefined && !isOn(spec, spec.safe);
    if (options[key] !== undefined && !off) no(key, `\`${key}\` needs a safe value that is off`, 'set `safe`');
  }
  for (const key of NEED_SAFE) {
    if (options[key] !== undefined && spec.safe === undefined) no(key, `\`${key}\` needs a safe value`, 'set `safe`');
  }
  if (onExit === 'restore') {
    if (spec.safe === undefined) no('onExit', '`onExit: restore` needs a safe value', 'set `safe`');
    const brings = '`onExit: restore` brings it back after a start';
    if (onBoot !== undefined && onBoot !== 'restore') no('onBoot', brings, 'remove one of them');
  }
  if (slew !== undefined && spec.type !== 'number') no('slew', `a ${spec.type} has no speed`);
  if (options.clamp !== undefined && spec.type !== 'number') no('clamp', `a ${spec.type} has no limits`);
  if (pulse !== undefined && spec.type !== 'boolean') no('pulse', `a ${spec.type} has no pulses`);
  if (pulse !== undefined && maxOn !== undefined && pulse > maxOn) no('pulse', '`pulse` is longer than `maxOn`');
  if (lease !== undefined && holdToRun) no('lease', '`holdToRun` is a lease of 750 ms already', 'remove one of them');
  if (pulse !== undefined && holdToRun) no('pulse', '`pulse` and `holdToRun` exclude each other');
  for (const key of COMEBACKS) {
    const back = options[key] === 'restore';
    if (back && options.arm !== undefined) no(key, 'what has to be armed does not come back by itself');
    if (back && (pulse !== undefined || holdToRun)) no(key, 'a pulse, and what is held, does not come back');
    if (back && lease !== undefined && (key === 'onBoot' || key === 'onExit'))
      no(key, 'with `lease` nothing comes back after a start');
  }
  for (const key of ['lease', 'holdToRun', 'maxOn', 'pulse'] as const) {
    if (options[key] && options.onExit === 'hold') no('onExit', `\`${key}\` and \`onExit: hold\` exclude each other`);
  }
  const begins = spec.initial !== undefined || spec.adopts === true;
  for (const key of ['lease', 'holdToRun', 'pulse'] as const) {
    // Nobody would end what is found on.
    if (options[key] && onBoot === 'hold') no('onBoot', `\`${key}\` and \`onBoot: hold\` exclude each other`);
    else if (options[key] && begins) no(key, `with \`${key}\` it begins at its safe value`, 'remove `initial`');
  }
  if (options.arm !== undefined && spec.initial !== undefined)
    no('arm', 'with `arm` it begins at its safe value', 'remove `initial`');
  return problems;
}
