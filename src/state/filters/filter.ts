import type { z } from 'zod';
import type { Clock } from '../../clock.js';
import type { PointSpec, PointType, Value } from '../../device/point.js';

/** Where a value goes; null: unknown. `at` is the `Clock.now()` at which the device said what it comes from. */
export type Emit<V extends Value = Value> = (value: V | null, at: number) => void;

/**
 * One filter at work on one point. It never sees an unknown value: that one passes every filter at once and resets it. What
 * it emits later it does by the clock's timers, and comes from what it took since its last reset.
 */
export interface Stage<V extends Value = Value> {
  take(value: V, at: number): void;
  /** Forgets all that it took and cancels its timers: the next value is like the first. */
  reset(): void;
  /** The device said, past all filters, what the point is now; only for those that judge the device. */
  heard?(at: number): void;
}

/** A kind of filter: what can be written in a config, and what it does. */
export interface FilterKind<V extends Value = Value, Options = unknown> {
  /** What stands behind its name; the description becomes the reference. */
  readonly options: z.ZodType<Options>;
  /** The types of points that it is for. */
  readonly takes: readonly PointType[];
  /** True: it changes what a number or a word means, not when it is said. Commands would not follow, so it is not for outputs. */
  readonly rescales?: true;
  /** True: it judges what the device said, so it comes first, wherever it is written. */
  readonly judgesDevice?: true;
  /** What keeps these options from this point, in words; undefined where nothing does. */
  problem?(options: Options, spec: PointSpec): string | undefined;
  /** The point as it is behind the filter, where that makes another one of it. */
  behind?(options: Options, spec: PointSpec): PointSpec;
  stage(options: Options, emit: Emit<V>, clock: Clock): Stage<V>;
}

export const NUMBERS: readonly PointType[] = ['number'];
export const BOOLEANS: readonly PointType[] = ['boolean'];
export const ALL_TYPES: readonly PointType[] = ['boolean', 'number', 'enum', 'string'];

/** A stage that makes each value another one and remembers nothing. */
export function each<V extends Value>(emit: Emit<V>, change: (value: V) => V): Stage<V> {
  return { take: (value, at) => emit(change(value), at), reset: () => {} };
}
