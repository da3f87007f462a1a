import { z } from 'zod';
import { each, type FilterKind, NUMBERS } from './filter.js';

/** Rounds to decimals, as C does. */
export const round: FilterKind<number, number> = {
  options: z.int().min(0).max(9).describe('Rounds to so many decimals; what is half way goes away from zero'),
  takes: NUMBERS,
  stage: (decimals, emit) => {
    const unit = 10 ** decimals;
    // Numbers beyond that precision have no such decimals, and their product might not be finite.
    return each(emit, (value) => {
      const size = Math.abs(value) * unit;
      return size > Number.MAX_SAFE_INTEGER ? value : (Math.sign(value) * Math.round(size)) / unit;
    });
  },
};
