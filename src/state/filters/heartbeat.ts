import type { Timer } from '../../clock.js';
import { durationBetween } from '../../device/options.js';
import type { Value } from '../../device/point.js';
import { ALL_TYPES, type FilterKind } from './filter.js';

/** Repeats the last value for the filters behind it. It stays as old as it is: no repetition makes it fresh. */
export const heartbeat: FilterKind<Value, number> = {
  options: durationBetween('10ms', '24h').describe(
    'Repeats the last value to the filters behind it when none came for this time; passes all others (ESPHome: says only the last one, each such time)',
  ),
  takes: ALL_TYPES,
  stage: (ms, emit, clock) => {
    let timer: Timer | undefined;
    let last: { value: Value; at: number } | undefined;
    let emittedAt = 0;
    const watch = (wait: number) => {
      timer = clock.after(wait, () => {
        const left = emittedAt + ms - clock.now();
        watch(left > 0 ? left : ms);
        if (left > 0 || !last) return;
        emittedAt = clock.now();
        emit(last.value, last.at);
      });
    };
    return {
      take: (value, at) => {
        last = { value, at };
        emittedAt = clock.now();
        if (!timer) watch(ms);
        emit(value, at);
      },
      reset: () => {
        timer?.cancel();
        timer = undefined;
        last = undefined;
      },
    };
  },
};
