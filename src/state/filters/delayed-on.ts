import { durationBetween } from '../../device/options.js';
import { delayed } from './delayed.js';
import { BOOLEANS, type FilterKind } from './filter.js';

/** `true` has to last before it counts. */
export const delayedOn: FilterKind<boolean, number> = {
  options: durationBetween('1ms', '24h').describe('`true` passes once it has lasted for this time, `false` at once'),
  takes: BOOLEANS,
  stage: (ms, emit, clock) => delayed(true, ms, emit, clock),
};
