import type { PointSpec, Value } from '../../device/point.js';
import type { Emit, Stage } from './filter.js';

/** What becomes of a sensor's value outside of its `min` and `max`. It is counted in any case. */
export type OutOfRange = 'keep' | 'unknown';

/** Holds a sensor's numbers against the range that it is expected in; `count` is called for each one outside. */
export function rangeCheck(
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Pick<PointSpec, 'min' | 'max'>,
  outOfRange: OutOfRange,
  count: () => void,
  emit: Emit,
): Stage {
  return {
    take: (value: Value, at) => {
      const outside = typeof value === 'number' && (value < min || value > max);
      if (outside) count();
      emit(outside && outOfRange === 'unknown' ? null : value, at);
    },
    reset: () => {},
  };
}
