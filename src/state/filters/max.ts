import { type FilterKind, NUMBERS } from './filter.js';
import { overWindow, type WindowOptions, windowOptions } from './window.js';

/** The largest of the last values. */
export const max: FilterKind<number, WindowOptions> = {
  options: windowOptions('The largest of the last values'),
  takes: NUMBERS,
  stage: (options, emit) => overWindow(options, emit, (values) => Math.max(...values)),
};
