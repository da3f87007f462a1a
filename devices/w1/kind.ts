import type { DriverKind } from '../../src/device/driver-kind.js';
import { W1Driver } from './driver.js';
import { type W1Options, w1Options } from './options.js';
import { listedPoints } from './points.js';
import { W1Simulator } from './simulator.js';

/** `driver: w1`: thermometers on the Pi's own 1-Wire bus. */
export const w1Kind: DriverKind<W1Options> = {
  kind: 'w1',
  summary: 'Thermometers on a 1-Wire bus of this machine (DS18B20 and its kin), through the kernel',
  options: w1Options,
  inFlight: 'device',
  pulses: false,
  create: (options) => new W1Driver(options),
  points: (options) => {
    const points = listedPoints(options);
    return points && [...points.values()];
  },
  simulateFiles: (options, clock, seed) => new W1Simulator(options, clock, seed),
};
