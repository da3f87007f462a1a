import { z } from 'zod';
import { type FilterKind, NUMBERS } from './filter.js';

interface Change {
  readonly by: number;
  /** True: `by` is a part of the last value. */
  readonly relative: boolean;
}

const options = z
  .union([z.number().positive(), z.string()])
  .transform((given, context): Change => {
    if (typeof given === 'number') return { by: given, relative: false };
    const percent = Number(/^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(given)?.[1]);
    if (percent > 0) return { by: percent / 100, relative: true };
    const params = { hint: 'write `0.5` or `5%`' };
    context.addIssue({ code: 'custom', message: 'expected a number or a percentage', params });
    return z.NEVER;
  })
  .meta({
    typeName: 'a number, or a percentage such as `5%`',
    jsonSchema: {
      anyOf: [
        { type: 'number', exclusiveMinimum: 0 },
        { type: 'string', pattern: '^\\s*\\d+(\\.\\d+)?\\s*%\\s*$' },
      ],
    },
  })
  .describe('Passes values that differ from the last one passed by at least this much');

/** Two measurements of one decimal differ by 0.1 only almost, in binary. */
const TOLERANCE = 1e-9;

/** Passes only what has changed enough. */
export const delta: FilterKind<number, Change> = {
  options,
  takes: NUMBERS,
  stage: ({ by, relative }, emit) => {
    let last: number | undefined;
    return {
      take: (value, at) => {
        if (last !== undefined) {
          const change = Math.abs(value - last);
          const enough = relative ? by * Math.abs(last) : by;
          if (change === 0 || change + TOLERANCE * Math.max(Math.abs(value), Math.abs(last)) < enough) return;
        }
        last = value;
        emit(value, at);
      },
      reset: () => {
        last = undefined;
      },
    };
  },
};
