import { z } from 'zod';
import { type FilterKind, NUMBERS } from './filter.js';
import { checkPace, type Pace, paceShape, Turn } from './pace.js';

interface Smoothing extends Pace {
  readonly alpha: number;
}

const alpha = z.number().min(0.001).max(1);

const options = z
  .union([
    alpha,
    z
      .strictObject({ alpha: alpha.default(0.1).describe('Weight of the newest value'), ...paceShape })
      .superRefine(checkPace),
  ])
  .transform((given): Smoothing => {
    if (typeof given === 'number') return { alpha: given, every: 1, first: 1 };
    return { alpha: given.alpha, every: given.send_every, first: given.send_first_at };
  })
  .meta({ typeName: 'weight of the newest value, or {alpha, send_every, send_first_at}' })
  .describe('A mean in which older values count less and less');

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
