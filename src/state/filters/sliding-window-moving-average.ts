import { type FilterKind, NUMBERS } from './filter.js';
import { overWindow, type WindowOptions, windowOptions } from './window.js';

/** The mean of the last values. */
export const slidingWindowMovingAverage: FilterKind<number, WindowOptions> = {
  options: windowOptions('The mean of the last values (ESPHome: 15)'),
  takes: NUMBERS,
  stage: (options, emit) =>
    overWindow(options, emit, (values) => values.reduce((total, value) => total + value, 0) / values.length),
};
