import { z } from 'zod';
import { type Datapoint, datapoints } from './datapoints.js';
import { each, type FilterKind, NUMBERS } from './filter.js';
import { fitPolynomial } from './polynomial.js';

interface Calibration {
  readonly method: 'least_squares' | 'exact';
  readonly datapoints: readonly Datapoint[];
}

const points = datapoints(2);

const options = z
  .union([
    points,
    z.strictObject({
      method: z
        .enum(['least_squares', 'exact'])
        .default('least_squares')
        .describe('least_squares: the nearest straight line; exact: through all points, straight between them'),
      datapoints: points,
    }),
  ])
  .transform((given): Calibration => (Array.isArray(given) ? { method: 'least_squares', datapoints: given } : given))
  .meta({ typeName: 'list of `measured -> true`, or {method, datapoints}' })
  .describe('Straightens by points that were measured');

/** Corrects a sensor by points where the truth is known. */
export const calibrateLinear: FilterKind<number, Calibration> = {
  options,
  takes: NUMBERS,
  rescales: true,
  stage: ({ method, datapoints }, emit) =>
    each(emit, method === 'exact' ? throughAll(datapoints) : fitPolynomial(datapoints, 1)),
};

/** Straight between neighbours; beyond the ends as between the last two. */
function throughAll(datapoints: readonly Datapoint[]): (x: number) => number {
  const sorted = [...datapoints].sort(([a], [b]) => a - b);
  return (x) => {
    const found = sorted.findIndex(([measured]) => measured > x);
    const right = found < 0 ? sorted.length - 1 : Math.max(1, found);
    const [x0, y0] = sorted[right - 1] ?? [0, 0];
    const [x1, y1] = sorted[right] ?? [1, 1];
    return x === x1 ? y1 : y0 + ((x - x0) * (y1 - y0)) / (x1 - x0);
  };
}
