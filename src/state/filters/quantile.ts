import { z } from 'zod';
import { type FilterKind, NUMBERS } from './filter.js';
import { checkPace } from './pace.js';
import { overWindow, sorted, type WindowOptions, windowShape } from './window.js';

interface QuantileOptions extends WindowOptions {
  readonly quantile: number;
}

const mapping = z.strictObject({
  ...windowShape,
  quantile: z.number().min(0.01).max(1).default(0.9).describe('So large a part of the values is not above it'),
});
const DEFAULTS = mapping.parse({});

const options = z
  .union([mapping.superRefine(checkPace), z.null()])
  .transform((given): QuantileOptions => {
    const { window_size, send_every, send_first_at, quantile } = given ?? DEFAULTS;
    return { size: window_size, every: send_every, first: send_first_at, quantile };
  })
  .meta({ typeName: '{window_size, send_every, send_first_at, quantile}' })
  .describe(
    'The smallest of the last values that so large a part of them does not exceed; by its defaults with nothing behind it',
  );

/** One of the last values by its rank. */
export const quantile: FilterKind<number, QuantileOptions> = {
  options,
  takes: NUMBERS,
  stage: ({ quantile, ...window }, emit) =>
    overWindow(window, emit, (values) => {
      const rank = Math.max(1, Math.ceil(values.length * quantile - 1e-9));
      return sorted(values)[rank - 1] ?? Number.NaN;
    }),
};
