import type { Timer } from '../../clock.js';
import { durationBetween } from '../../device/options.js';
import type { Value } from '../../device/point.js';
import { ALL_TYPES, type FilterKind } from './filter.js';

/** Passes a value once it has lasted. A device that repeats it does not begin anew, or nothing would ever pass. */
export const debounce: FilterKind<Value, number> = {
  options: durationBetween('1ms', '1h').describe('Passes a value once nothing else was said for this time'),
  takes: ALL_TYPES,
  stage: (ms, emit, clock) => {
    let timer: Timer | undefined;
    let passed: Value | undefined;
    let waiting: { value: Value; at: number } | undefined;
    const drop = () => {
      timer?.cancel();
      timer = undefined;
      waiting = undefined;
    };
    return {
      take: (value, at) => {
        if (waiting?.value === value) {
          waiting.at = at;
          return;
        }
        drop();
        if (value === passed) {
          emit(value, at);
          return;
        }
        const lasting = { value, at };
        waiting = lasting;
        timer = clock.after(ms, () => {
          drop();
          passed = lasting.value;
          emit(lasting.value, lasting.at);
        });
      },
      reset: () => {
        drop();
        passed = undefined;
      },
    };
  },
};
