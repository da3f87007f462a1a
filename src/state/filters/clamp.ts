import { z } from 'zod';
import { type FilterKind, NUMBERS } from './filter.js';

interface Bounds {
  readonly min_value?: number | undefined;
  readonly max_value?: number | undefined;
  readonly ignore_out_of_range: boolean;
}

const options = z
  .strictObject({
    min_value: z.number().optional().describe('Smaller ones become this'),
    max_value: z.number().optional().describe('Larger ones become this'),
    ignore_out_of_range: z.boolean().default(false).describe('true: what lies outside is dropped instead'),
  })
  .superRefine(({ min_value, max_value }, context) => {
    const none = min_value === undefined && max_value === undefined;
    if (none) context.addIssue({ code: 'custom', message: 'has neither `min_value` nor `max_value`' });
    if (min_value === undefined || max_value === undefined || min_value < max_value) return;
    context.addIssue({ code: 'custom', path: ['min_value'], message: '`min_value` must be below `max_value`' });
  })
  .describe('Moves what lies outside to the nearest limit');

/** Keeps numbers within limits, or drops those outside. */
export const clamp: FilterKind<number, Bounds> = {
  options,
  takes: NUMBERS,
  rescales: true,
  stage: (
    { min_value = Number.NEGATIVE_INFINITY, max_value = Number.POSITIVE_INFINITY, ignore_out_of_range },
    emit,
  ) => ({
    take: (value, at) => {
      const within = Math.min(Math.max(value, min_value), max_value);
      if (within === value || !ignore_out_of_range) emit(within, at);
    },
    reset: () => {},
  }),
};
