import { z } from 'zod';
import { each, type FilterKind, NUMBERS } from './filter.js';

/** Multiplies by a number. */
export const multiply: FilterKind<number, number> = {
  options: z.number().describe('Multiplies by this'),
  takes: NUMBERS,
  rescales: true,
  stage: (by, emit) => each(emit, (value) => value * by),
};
