import type { PointSpec, PointType, Value } from '../../src/device/point.js';
import type { LeftoverOutput, PinPlace } from '../../src/port/pin.js';
import type { GpioOptions } from './options.js';
import { kindOf, type PointOptions } from './point-options.js';

const PRESSES = ['pressed', 'released', 'held', 'clicked'] as const;

/** What a button says. */
export type Press = (typeof PRESSES)[number];

/** The points of a device; its options tell them all, whether or not its pins are there. */
export function pointsOf({ points }: Pick<GpioOptions, 'points'>): PointSpec[] {
  return Object.entries(points).map(([id, point]) => specOf(id, point));
}

/** A point as the bridge knows it. */
export function specOf(id: string, point: PointOptions): PointSpec {
  const { label, unit } = point;
  const named = { id, ...(label === undefined ? {} : { label }), ...(unit === undefined ? {} : { unit }) };
  const kind = kindOf(point);
  const type: PointType = kind === 'level' || kind === 'switch' ? 'boolean' : kind === 'button' ? 'string' : 'number';
  if (kind === 'button') {
    const words = PRESSES.filter((word) => point.hold !== undefined || word === 'pressed' || word === 'released');
    return { ...named, role: 'event', type, options: words };
  }
  if (point.direction === 'in') return { ...named, role: 'sensor', type, ...limitsOf(point) };
  const safe = safeOf(point);
  const initial = initialOf(point);
  return {
    ...named,
    role: 'actuator',
    type,
    safe,
    ...(initial === 'keep' ? { adopts: true } : initial === safe ? {} : { initial }),
    ...(point.onExit === 'hold' ? { holds: true } : {}),
    ...(kind === 'pwm'
      ? { unit: unit ?? '%', min: point.min ?? 0, max: point.max ?? 100, step: point.step ?? 1, clamp: true }
      : {}),
  };
}

function limitsOf({ min, max }: PointOptions): Pick<PointSpec, 'min' | 'max'> {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** What an output is put to when in doubt. */
export function safeOf(point: PointOptions): Value {
  return point.safe ?? (kindOf(point) === 'pwm' ? Math.min(Math.max(0, point.min ?? 0), point.max ?? 100) : false);
}

/** What an output becomes when it is opened; `again`: its chip was lost since it was opened first. */
export function initialOf(point: PointOptions, again = false): Value | 'keep' {
  const { initial, onExit, onBoot = onExit, onDeviceLost } = point;
  if (again && onDeviceLost === 'hold') return 'keep';
  const begins = initial ?? (onBoot === 'hold' ? 'keep' : safeOf(point));
  return again && onDeviceLost !== undefined && begins === 'keep' ? safeOf(point) : begins;
}

/** Where the pins of a device are. */
export function placeOf({ backend, chip, base }: GpioOptions): PinPlace {
  return { backend, ...(chip === undefined ? {} : { chip }), ...(base === undefined ? {} : { base }) };
}

/** The outputs that sysfs leaves as they are when the process dies; those whose owner wants that are none. */
export function leftovers(options: GpioOptions): LeftoverOutput[] {
  return Object.values(options.points).flatMap((point): LeftoverOutput[] => {
    const { direction, onExit, activeLow, pin, pwm } = point;
    if (direction !== 'out' || onExit === 'hold') return [];
    const safe = safeOf(point);
    if (pwm) {
      const share = Number(safe) / 100;
      const channel = {
        ...(pin === undefined ? {} : { pin }),
        ...(pwm.chip === undefined ? {} : { chip: pwm.chip }),
        ...(pwm.channel === undefined ? {} : { channel: pwm.channel }),
      };
      return [{ kind: 'pwm', channel, share: activeLow ? 1 - share : share }];
    }
    return pin === undefined ? [] : [{ kind: 'line', place: placeOf(options), pin, high: safe !== activeLow }];
  });
}
