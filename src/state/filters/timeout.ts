import type { Timer } from '../../clock.js';
import { durationBetween } from '../../device/options.js';
import type { Value } from '../../device/point.js';
import { ALL_TYPES, type FilterKind } from './filter.js';

/** Unknown once the device has not said it for too long. It hears the device's own words, whatever other filters make of them. */
export const timeout: FilterKind<Value, number> = {
  options: durationBetween('10ms', '24h').describe(
    'Makes the point unknown when the device did not say it for this time; judged first, wherever it is written',
  ),
  takes: ALL_TYPES,
  judgesDevice: true,
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
    const heard = (at: number) => {
      newest = at;
      // One timer for all values: each looks anew when it fires.
      if (!timer) watch();
    };
    return {
      take: (value, at) => {
        heard(at);
        emit(value, at);
      },
      heard,
      reset,
    };
  },
};
