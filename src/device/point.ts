/** What a point can hold. */
export type Value = boolean | number | string;

/** True for what a point can hold, whatever its type. */
export function isValue(value: unknown): value is Value {
  return typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string';
}

/** Whether a value is known and fresh. */
export type Quality = 'good' | 'stale' | 'unknown';

/** sensor: read only · actuator: can be commanded · event: happens, has no value. */
export type PointRole = 'sensor' | 'actuator' | 'event';

export type PointType = 'boolean' | 'number' | 'enum' | 'string';

/** Ids of devices and points. */
export const ID = /^[a-z][a-z0-9_]{0,15}$/;

/** Ids that mean something else on the channel. */
export const RESERVED_IDS: ReadonlySet<string> = new Set(['msg_type', 'bridge', 'e2ee']);

/** The ids in the name of a point, `device.point`; empty where they are missing. */
export function idsIn(name: string): readonly [device: string, point: string] {
  const [device = '', point = ''] = name.split('.');
  return [device, point];
}

/** One value of a device, as its driver describes it. */
export interface PointSpec {
  readonly id: string;
  readonly role: PointRole;
  readonly type: PointType;
  /** What people call it; the id where absent. */
  readonly label?: string;
  readonly unit?: string;
  /** Limits of an actuator (enforced); hints for a sensor. */
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  /** True: a command outside the limits or between two steps is moved to the nearest allowed value instead of refused. */
  readonly clamp?: boolean;
  /** The words of an enum, or of an event where they are known. */
  readonly options?: readonly string[];
  /** What the output is put to when in doubt; absent: it is left alone. */
  readonly safe?: Value;
  /** What the output is when a session begins, where its driver sees to that; the safe value where absent. */
  readonly initial?: Value;
  /** True: when a session begins the output stays as it is. */
  readonly adopts?: boolean;
  /** True: when the bridge stops the output stays as it is. */
  readonly holds?: boolean;
  /** Milliseconds from a command's arrival to the device's confirmation; 1500 where absent. */
  readonly within?: number;
  /** True where the device never says what the output is, so that its value is what was commanded. */
  readonly assumed?: boolean;
  /** What the owner of an output allows. */
  readonly rules?: OutputRules;
}

/** What becomes of an output at some event: `restore` brings back what was wished last. */
export type OutputPolicy = 'safe' | 'hold' | 'restore';

/** What the owner of an output allows, whatever its driver. Times in milliseconds; nothing is limited by what is absent. */
export interface OutputRules {
  /** Shortest time between two commands. */
  readonly minInterval?: number | undefined;
  /** Fastest change in units per second. */
  readonly slew?: number | undefined;
  /** Switching it on is a pulse of this length. */
  readonly pulse?: number | undefined;
  /** Longest time on. */
  readonly maxOn?: number | undefined;
  /** Shortest time off. */
  readonly minOff?: number | undefined;
  /** It goes to its safe value when no command came for so long. */
  readonly lease?: number | undefined;
  /** True: it is on only while somebody holds a button, who says so again and again. */
  readonly holdToRun?: boolean | undefined;
  /** It obeys only those who armed it, for so long. */
  readonly arm?: number | undefined;
  readonly onBoot?: OutputPolicy | undefined;
  readonly onDeviceLost?: OutputPolicy | undefined;
  readonly onRelayLost?: OutputPolicy | undefined;
}

/** One thing a device said about a point; `null`: the device says that it does not know. */
export interface Reading {
  readonly point: string;
  readonly value: Value | null;
}

/** A device has this long to confirm a command where its point does not say otherwise; apps give up after 2000 ms. */
const WITHIN_MS = 1_500;

/** A device is left at least this many milliseconds to confirm a command that had to wait. */
export const LEFT_MS = 200;

/** Milliseconds from a command's arrival to the confirmation of this point, also where the point is not known. */
export function withinOf(spec: Pick<PointSpec, 'within'> | undefined): number {
  return spec?.within ?? WITHIN_MS;
}

/** True when `a` and `b` are the same value; numbers compare within half a step (or exactly where there is no step). */
export function sameValue(spec: Pick<PointSpec, 'type' | 'step'>, a: Value | null, b: Value | null): boolean {
  if (spec.type === 'number' && typeof a === 'number' && typeof b === 'number') {
    return Math.abs(a - b) <= (spec.step ?? 0) / 2 + Number.EPSILON * Math.max(1, Math.abs(a));
  }
  return a === b;
}

/** The value at which an output is off: nothing flows, nothing moves. Undefined where none of its values is known to be that. */
export function offValue({ type, safe }: Pick<PointSpec, 'type' | 'safe'>): Value | undefined {
  if (type === 'boolean') return false;
  return type === 'number' ? 0 : safe;
}

/** True for an output that is at, or goes to, any other value than off. */
export function isOn(spec: PointSpec, value: Value): boolean {
  const off = offValue(spec);
  return off !== undefined && !sameValue(spec, value, off);
}

/** True for the value that an output is put to when in doubt. */
export function isSafe(spec: PointSpec, value: Value): boolean {
  return spec.safe !== undefined && sameValue(spec, value, spec.safe);
}

/** True when `value` has the point's native type (a finite number, one of the options, …). */
export function fitsType(spec: Pick<PointSpec, 'type' | 'options'>, value: unknown): value is Value {
  switch (spec.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'enum':
      return typeof value === 'string' && (spec.options ?? []).includes(value);
    case 'string':
      return typeof value === 'string';
  }
}
