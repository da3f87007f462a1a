import { type FilterKind, NUMBERS } from './filter.js';
import { overWindow, type WindowOptions, windowOptions } from './window.js';

/** The smallest of the last values. */
export const min: FilterKind<number, WindowOptions> = {
  options: windowOptions('The smallest of the last values'),
  takes: NUMBERS,
  stage: (options, emit) => overWindow(options, emit, (values) => Math.min(...values)),
};
