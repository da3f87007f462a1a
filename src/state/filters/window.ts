import { z } from 'zod';
import type { Emit, Stage } from './filter.js';
import { checkPace, type Pace, paceShape, Turn } from './pace.js';

/** How many values a window holds, and which results are sent on. */
export interface WindowOptions extends Pace {
  readonly size: number;
}

const size = z.int().min(1).max(1_000);

/** Keys of every filter that looks at the last values. */
export const windowShape = { window_size: size.default(5).describe('How many values it looks at'), ...paceShape };

const mapping = z.strictObject(windowShape);
const DEFAULTS = mapping.parse({});

/** The options of a filter that looks at the last values: how many, a mapping, or nothing. */
export function windowOptions(meaning: string) {
  const written = z.union([size, mapping.superRefine(checkPace), z.null()]);
  return written
    .transform((given): WindowOptions => {
      if (typeof given === 'number') return { size: given, every: 1, first: 1 };
      const { window_size, send_every, send_first_at } = given ?? DEFAULTS;
      return { size: window_size, every: send_every, first: send_first_at };
    })
    .meta({ typeName: 'number of values, or {window_size, send_every, send_first_at}' })
    .describe(`${meaning}; of ${DEFAULTS.window_size} with nothing behind it`);
}

/** Makes one number of the last ones, oldest first; there is always at least one. */
export function overWindow(
  { size, ...pace }: WindowOptions,
  emit: Emit<number>,
  reduce: (values: readonly number[]) => number,
): Stage<number> {
  let values: number[] = [];
  const turn = new Turn(pace);
  return {
    take: (value, at) => {
      values.push(value);
      if (values.length > size) values.shift();
      if (turn.next()) emit(reduce(values), at);
    },
    reset: () => {
      values = [];
      turn.reset();
    },
  };
}

/** The numbers from the smallest to the largest. */
export function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
