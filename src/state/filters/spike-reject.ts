import { z } from 'zod';
import { type FilterKind, NUMBERS } from './filter.js';

interface Jump {
  readonly delta: number;
  readonly count: number;
}

const delta = z.number().positive();

const options = z
  .union([
    delta,
    z.strictObject({
      delta: delta.describe('Largest step from one value to the next'),
      count: z.int().min(2).max(100).default(3).describe('So many that agree are no spike'),
    }),
  ])
  .transform((given): Jump => (typeof given === 'number' ? { delta: given, count: 3 } : given))
  .meta({ typeName: 'largest step, or {delta, count}' })
  .describe('Drops values that jump further than this, unless `count` in a row agree');

/** Where this many times `count` values in a row agree with nothing, the sensor does not know any more. */
const HOPELESS = 3;

/** Drops values that jump, until several in a row agree that it was no error. */
export const spikeReject: FilterKind<number, Jump> = {
  options,
  takes: NUMBERS,
  stage: ({ delta, count }, emit) => {
    let last: number | undefined;
    let suspect: number | undefined;
    let agreeing = 0;
    let rejected = 0;
    const reset = () => {
      last = undefined;
      suspect = undefined;
      agreeing = 0;
      rejected = 0;
    };
    const accept = (value: number, at: number) => {
      reset();
      last = value;
      emit(value, at);
    };
    return {
      take: (value, at) => {
        if (last === undefined || Math.abs(value - last) <= delta) {
          accept(value, at);
          return;
        }
        agreeing = suspect !== undefined && Math.abs(value - suspect) <= delta ? agreeing + 1 : 1;
        suspect = value;
        if (agreeing >= count) accept(value, at);
        else if (++rejected >= HOPELESS * count) emit(null, at);
      },
      reset,
    };
  },
};
