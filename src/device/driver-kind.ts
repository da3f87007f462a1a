import type { ZodType } from 'zod';
import type { Clock } from '../clock.js';
import type { DeviceDriver } from './driver.js';

/** The wire of a simulated device: what it says goes to the bridge's port, what the bridge writes comes to `receive`. */
export interface SimulatorPort {
  /** Sends raw bytes to the bridge. */
  send(text: string): void;
  /** Called with raw bytes as they come from the bridge. */
  receive: (text: string) => void;
}

/** A simulated device that behaves as a real one would on its wire. */
export interface Simulator {
  /** Connects to a wire and begins as after power-on; the previous wire is forgotten. */
  plug(port: SimulatorPort): void;
  /** Stops all activity, as when the cable is pulled. */
  unplug(): void;
}

/** One kind of device in the register: its options, its driver and its simulator. */
export interface DriverKind<Options = unknown> {
  /** The word after `driver:` in the config. */
  readonly kind: string;
  /** One line for the reference. */
  readonly summary: string;
  /** Everything beside `driver` in a device's config; unknown keys are errors. */
  readonly options: ZodType<Options>;
  /** How many commands may be in flight: one per device, or one per point. */
  readonly inFlight: 'device' | 'point';
  /** True where the device times pulses itself. */
  readonly pulses: boolean;
  create(options: Options): DeviceDriver;
  /** A simulated device that fits these options; `seed` makes its values differ from its siblings'. */
  simulate?(options: Options, clock: Clock, seed: number): Simulator;
}

/** The drivers that a program knows, by kind. */
export type DriverRegister = ReadonlyMap<string, DriverKind>;
