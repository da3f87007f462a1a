import { type FilterKind, NUMBERS } from './filter.js';
import { overWindow, sorted, type WindowOptions, windowOptions } from './window.js';

/** The middle one of the last values: single outliers vanish. */
export const median: FilterKind<number, WindowOptions> = {
  options: windowOptions('The middle one of the last values; of an even number the mean of the middle two'),
  takes: NUMBERS,
  stage: (options, emit) => overWindow(options, emit, middle),
};

function middle(values: readonly number[]): number {
  const ordered = sorted(values);
  const upper = ordered[Math.floor(ordered.length / 2)] ?? Number.NaN;
  const lower = ordered[Math.floor((ordered.length - 1) / 2)] ?? Number.NaN;
  // Not half of their sum, which could be too large for a number.
  return lower + (upper - lower) / 2;
}
