import { z } from 'zod';
import { each, type FilterKind, NUMBERS } from './filter.js';

interface Bounds {
  readonly min_value?: number | undefined;
  readonly max_value?: number | undefined;
}

const options = z
  .strictObject({
    min_value: z.number().optional().describe('Smaller ones become this'),
    max_value: z.number().optional().describe('Larger ones become this'),
  })
  .superRefine(({ min_value, max_value }, context) => {
    const none = min_value === undefined && max_value === undefined;
    if (none) context.addIssue({ code: 'custom', message: 'has neither `min_value` nor `max_value`' });
    if (min_value === undefined || max_value === undefined || min_value < max_value) return;
    context.addIssue({ code: 'custom', path: ['min_value'], message: '`min_value` must be below `max_value`' });
  })
  .describe('Moves what lies outside to the nearest limit');

/** Keeps numbers within limits. */
export const clamp: FilterKind<number, Bounds> = {
  options,
  takes: NUMBERS,
  rescales: true,
  stage: ({ min_value = Number.NEGATIVE_INFINITY, max_value = Number.POSITIVE_INFINITY }, emit) =>
    each(emit, (value) => Math.min(Math.max(value, min_value), max_value)),
};
