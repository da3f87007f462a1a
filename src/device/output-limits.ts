import type { OutputPointOptions } from './output-options.js';

/** What a device is to see to itself, where it can, so that it holds even while its host is dead. 0: no limit. */
export interface OutputLimits {
  /** Longest time on, in milliseconds. */
  readonly maxOn: number;
  /** Shortest time off, in milliseconds. */
  readonly minOff: number;
  /** Of the outputs with the same number at most one is on. */
  readonly group: number;
}

export const NO_LIMITS: OutputLimits = { maxOn: 0, minOff: 0, group: 0 };

/**
 * The limits of one device's outputs by point. An output that is in several groups is told of the first one only, and a
 * group of several devices is told to each as far as it concerns it: the bridge itself keeps to all of them.
 */
export function limitsOf(
  device: string,
  options: ReadonlyMap<string, OutputPointOptions>,
  groups: readonly (readonly string[])[],
): ReadonlyMap<string, OutputLimits> {
  const limits = new Map<string, OutputLimits>();
  for (const [point, { maxOn = 0, minOff = 0 }] of options) {
    if (maxOn > 0 || minOff > 0) limits.set(point, { maxOn, minOff, group: 0 });
  }
  const own = groups.map((group) =>
    group.filter((name) => name.startsWith(`${device}.`)).map((name) => name.slice(device.length + 1)),
  );
  for (const [index, points] of own.filter((points) => points.length > 1).entries()) {
    for (const point of points) {
      const known = limits.get(point) ?? NO_LIMITS;
      if (known.group === 0) limits.set(point, { ...known, group: index + 1 });
    }
  }
  return limits;
}
