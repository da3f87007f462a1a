import { z } from 'zod';
import { type FilterKind, NUMBERS } from './filter.js';
import { checkPace, type Pace, paceShape, Turn } from './pace.js';

interface Smoothing extends Pace {
  readonly alpha: number;
}

const alpha = z.number().min(0.001).max(1);

const mapping = z.strictObject({ alpha: alpha.default(0.1).describe('Weight of the newest value'), ...paceShape });
const DEFAULTS = mapping.parse({});

const options = z
  .union([alpha, mapping.superRefine(checkPace), z.null()])
  .transform((given): Smoothing => {
    if (typeof given === 'number') return { alpha: given, every: 1, first: 1 };
    const { alpha, send_every, send_first_at } = given ?? DEFAULTS;
    return { alpha, every: send_every, first: send_first_at };
  })
  .meta({ typeName: 'weight of the newest value, or {alpha, send_every, send_first_at}' })
  .describe('A mean in which older values count less and less; of weight 0.1 with nothing behind it');

/** A mean in which older values count less and less; the first one counts whole. */
export const exponentialMovingAverage: FilterKind<number, Smoothing> = {
  options,
  takes: NUMBERS,
  stage: ({ alpha, ...pace }, emit) => {
    const turn = new Turn(pace);
    let mean: number | undefined;
    return {
      take: (value, at) => {
        mean = mean === undefined ? value : alpha * value + (1 - alpha) * mean;
        if (turn.next()) emit(mean, at);
      },
      reset: () => {
        mean = undefined;
        turn.reset();
      },
    };
  },
};
