import type { Timer } from '../../clock.js';
import { durationBetween } from '../../device/options.js';
import type { Value } from '../../device/point.js';
import { ALL_TYPES, type FilterKind } from './filter.js';

/** At most one value in a time. The last one of it is kept and said at its end, so that a device that falls silent is not misquoted. */
export const throttle: FilterKind<Value, number> = {
  options: durationBetween('1ms', '24h').describe(
    'Passes at most one value in this time; the last one at its end (ESPHome: drops all but the first)',
  ),
  takes: ALL_TYPES,
  stage: (ms, emit, clock) => {
    let timer: Timer | undefined;
    let kept: { value: Value; at: number } | undefined;
    const pass = (value: Value, at: number) => {
      timer = clock.after(ms, () => {
        timer = undefined;
        const last = kept;
        kept = undefined;
        if (last) pass(last.value, last.at);
      });
      emit(value, at);
    };
    return {
      take: (value, at) => {
        if (timer) kept = { value, at };
        else pass(value, at);
      },
      reset: () => {
        timer?.cancel();
        timer = undefined;
        kept = undefined;
      },
    };
  },
};
