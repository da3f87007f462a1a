import { z } from 'zod';
import { each, type FilterKind, NUMBERS } from './filter.js';

/** Adds a number. */
export const offset: FilterKind<number, number> = {
  options: z.number().describe('Adds this'),
  takes: NUMBERS,
  rescales: true,
  stage: (by, emit) => each(emit, (value) => value + by),
};
