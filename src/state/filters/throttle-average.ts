import type { Timer } from '../../clock.js';
import { durationBetween } from '../../device/options.js';
import { type FilterKind, NUMBERS } from './filter.js';

/** The mean of what came within a time that begins with its first value. */
export const throttleAverage: FilterKind<number, number> = {
  options: durationBetween('1ms', '24h').describe('Says the mean of all values of this time, at its end'),
  takes: NUMBERS,
  stage: (ms, emit, clock) => {
    let timer: Timer | undefined;
    let sum = 0;
    let count = 0;
    let newest = 0;
    const reset = () => {
      timer?.cancel();
      timer = undefined;
      sum = 0;
      count = 0;
    };
    return {
      take: (value, at) => {
        sum += value;
        count++;
        newest = at;
        timer ??= clock.after(ms, () => {
          const mean = sum / count;
          reset();
          emit(mean, newest);
        });
      },
      reset,
    };
  },
};
