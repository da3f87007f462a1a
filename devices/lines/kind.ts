import type { DriverKind } from '../../src/device/driver-kind.js';
import { LinesDriver } from './driver.js';
import { linePoints } from './line-point.js';
import { type LinesOptions, linesOptions } from './options.js';
import { LinesSimulator } from './simulator.js';

/** `driver: lines`: any sketch that prints lines. */
export const linesKind: DriverKind<LinesOptions> = {
  kind: 'lines',
  summary: 'Any sketch that prints its values as lines: JSON, name=value, Serial Plotter, CSV or your own pattern',
  options: linesOptions,
  inFlight: 'point',
  pulses: false,
  create: (options) => new LinesDriver(options),
  points: (options) => {
    const points = linePoints(options);
    return points && [...points.values()].map(({ spec }) => spec);
  },
  simulate: (options, clock, seed) => new LinesSimulator(options, clock, seed),
};
