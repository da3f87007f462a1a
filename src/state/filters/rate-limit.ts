import { z } from 'zod';
import { durationBetween } from '../../device/options.js';
import { type FilterKind, NUMBERS } from './filter.js';

interface Rate {
  readonly max: number;
  readonly per: number;
}

const options = z
  .strictObject({
    max: z.number().positive().describe('Furthest that the value moves'),
    per: durationBetween('1ms', '24h').prefault('1s').describe('In this time'),
  })
  .describe('Lets the value move no faster than this towards what the device says');

/** Follows the device no faster than a rate; it moves only when the device says something. */
export const rateLimit: FilterKind<number, Rate> = {
  options,
  takes: NUMBERS,
  stage: ({ max, per }, emit) => {
    let last: { value: number; at: number } | undefined;
    return {
      take: (value, at) => {
        const reach = last ? (max * (at - last.at)) / per : Number.POSITIVE_INFINITY;
        const moved = last ? Math.min(Math.max(value, last.value - reach), last.value + reach) : value;
        last = { value: moved, at };
        emit(moved, at);
      },
      reset: () => {
        last = undefined;
      },
    };
  },
};
