import type { Timer } from '../../clock.js';
import { durationBetween } from '../../device/options.js';
import type { Value } from '../../device/point.js';
import { ALL_TYPES, type FilterKind } from './filter.js';

/** Unknown once the device has not said it for too long. Counts from its own word, so that what was repeated or late is as old as it is. */
export const timeout: FilterKind<Value, number> = {
  options: durationBetween('10ms', '24h').describe(
    'Makes the point unknown when the device did not say it for this time',
  ),
  takes: ALL_TYPES,
  stage: (ms, emit, clock) => {
    let timer: Timer | undefined;
    let newest = 0;
    const reset = () => {
      timer?.cancel();
      timer = undefined;
    };
    const watch = () => {
      const left = newest + ms - clock.now();
      if (left > 0) timer = clock.after(left, watch);
      else {
        timer = undefined;
        emit(null, newest);
      }
    };
    return {
      take: (value, at) => {
        newest = at;
        if (at + ms <= clock.now()) {
          emit(null, at);
          return;
        }
        // One timer for all values: each looks anew when it fires.
        if (!timer) watch();
        emit(value, at);
      },
      reset,
    };
  },
};
