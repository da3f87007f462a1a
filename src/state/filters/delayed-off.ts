import { durationBetween } from '../../device/options.js';
import { delayed } from './delayed.js';
import { BOOLEANS, type FilterKind } from './filter.js';

/** `false` has to last before it counts. */
export const delayedOff: FilterKind<boolean, number> = {
  options: durationBetween('1ms', '24h').describe('`false` passes once it has lasted for this time, `true` at once'),
  takes: BOOLEANS,
  stage: (ms, emit, clock) => delayed(false, ms, emit, clock),
};
