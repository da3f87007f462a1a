import { z } from 'zod';
import type { Value } from '../../device/point.js';
import { ALL_TYPES, type FilterKind } from './filter.js';

/** Drops the first values: some sensors have to warm up. */
export const skipInitial: FilterKind<Value, number> = {
  options: z.int().min(1).max(10_000).describe('Drops so many values at the beginning, and after an unknown one'),
  takes: ALL_TYPES,
  stage: (count, emit) => {
    let left = count;
    return {
      take: (value, at) => {
        if (left > 0) left--;
        else emit(value, at);
      },
      reset: () => {
        left = count;
      },
    };
  },
};
