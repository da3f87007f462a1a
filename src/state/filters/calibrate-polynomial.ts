import { z } from 'zod';
import { type Datapoint, datapoints } from './datapoints.js';
import { each, type FilterKind, NUMBERS } from './filter.js';
import { fitPolynomial } from './polynomial.js';

interface Calibration {
  readonly degree: number;
  readonly datapoints: readonly Datapoint[];
}

const options = z
  .strictObject({
    degree: z.int().min(1).max(6).describe('Highest power: 2 for a parabola'),
    datapoints: datapoints(2),
  })
  .superRefine(({ degree, datapoints }, context) => {
    if (datapoints.length > degree) return;
    const message = `a polynomial of degree ${degree} needs at least ${degree + 1} points`;
    context.addIssue({ code: 'custom', path: ['datapoints'], message, params: { hint: 'or a lower `degree`' } });
  })
  .describe('Corrects by a curve near points that were measured');

/** Corrects a sensor that is not straight by points where the truth is known. */
export const calibratePolynomial: FilterKind<number, Calibration> = {
  options,
  takes: NUMBERS,
  rescales: true,
  stage: ({ degree, datapoints }, emit) => each(emit, fitPolynomial(datapoints, degree)),
};
