import { z } from 'zod';
import { BOOLEANS, each, type FilterKind } from './filter.js';

/** `true` becomes `false` and the other way round. */
export const invert: FilterKind<boolean, true> = {
  // `- invert:` with nothing behind it is how it is often written.
  options: z
    .union([z.literal(true), z.null()], { error: 'expected `true`' })
    .transform((): true => true)
    .meta({ typeName: '`true`' })
    .describe('Makes `true` of `false` and `false` of `true`'),
  takes: BOOLEANS,
  rescales: true,
  stage: (_, emit) => each(emit, (value) => !value),
};
