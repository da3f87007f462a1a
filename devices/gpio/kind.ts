import type { DriverKind } from '../../src/device/driver-kind.js';
import { GpioDriver } from './driver.js';
import { type GpioOptions, gpioOptions } from './options.js';
import { leftovers, pointsOf } from './points.js';
import { GpioSimulator } from './simulator.js';

/** `driver: gpio`: the pins of a Raspberry Pi, or of any GPIO chip that Linux knows. */
export const gpioKind: DriverKind<GpioOptions> = {
  kind: 'gpio',
  summary: 'The pins of a Raspberry Pi: switches, buttons, counters, rotary encoders, relays, PWM',
  options: gpioOptions,
  inFlight: 'point',
  pulses: false,
  create: (options) => new GpioDriver(options),
  points: pointsOf,
  leftovers,
  simulatePins: (options, clock, seed) => new GpioSimulator(options, clock, seed),
};
