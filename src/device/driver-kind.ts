import type { ZodType } from 'zod';
import type { Clock } from '../clock.js';
import type { LineLink } from '../port/line-link.js';
import type { LeftoverOutput, Pins } from '../port/pin.js';
import type { DeviceDriver, DeviceIdentity, DeviceIo } from './driver.js';
import type { PointSpec } from './point.js';

/**
 * The wire of a simulated device: what it says goes to the bridge's port, what the bridge writes comes to `receive`. A wire
 * carries bytes, one a character (U+0000 to U+00FF); `toWire` and `fromWire` make them of text, and text of them.
 */
export interface SimulatorPort {
  /** Sends raw bytes to the bridge. */
  send(bytes: string): void;
  /** Called with raw bytes as they come from the bridge. */
  receive: (bytes: string) => void;
}

/** A simulated device that behaves as a real one would on its wire. */
export interface Simulator {
  /** Connects to a wire and begins as after power-on; the previous wire is forgotten. */
  plug(port: SimulatorPort): void;
  /** Stops all activity, as when the cable is pulled. */
  unplug(): void;
}

/** Where a simulated device shows its files, by paths below the folder that its driver reads; a write is seen whole or not at all. */
export interface SimulatorFiles {
  write(path: string, text: string): void;
  /** Removes a file, or a folder with all that is in it. */
  remove(path: string): void;
}

/** A simulated device that is seen through files of the kernel, and not over a wire. */
export interface FileSimulator {
  /** Shows the device's files, as after power-on. */
  plug(files: SimulatorFiles): void;
  /** Stops all activity and takes the files away. */
  unplug(): void;
}

/** Simulated pins with something wired to them. */
export interface PinSimulator {
  readonly pins: Pins;
  /** Things begin to happen. */
  start(): void;
  /** Stops all activity. */
  stop(): void;
}

/** What a probe may touch: the clock, chance (from 0 to below 1), and questions on the line that was opened for it. */
export type ProbeIo = Pick<DeviceIo, 'clock' | 'exchange'> & { random?(): number };

/** How to find out whether a device of a kind is at a port. */
export interface Probe {
  /** Bits per second at which such devices speak. */
  readonly baud: number;
  /** Asks over an open line; sends nothing that could switch anything. Resolves with who is there, or undefined. */
  ask(io: ProbeIo, link: LineLink, signal: AbortSignal): Promise<DeviceIdentity | undefined>;
}

/** A device of a kind with its real firmware, in an emulated processor: for those who have none at hand. */
export interface EmulatedSample {
  /** Its id in a bench. */
  readonly id: string;
  /** What it is, in a few words. */
  readonly what: string;
  /** Path of the firmware in the package. */
  readonly firmware: string;
  /** Loads the emulator with the text of that file. Rejects with `firmware/hex` where that is damaged. */
  emulate(firmware: string, clock: Clock, seed: number): Promise<Simulator>;
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
  /** `random`: chance, from 0 to below 1; a replay has the same as its recording. */
  create(options: Options, random?: () => number): DeviceDriver;
  /** The points that such a device has, where its options tell; a device that describes itself has none before. */
  points?(options: Options): readonly PointSpec[] | undefined;
  /** True where the device itself says which points it has; its options may list some of them all the same. */
  readonly describesItself?: true;
  /** The outputs that may stay on when the process dies, and what is safe there. */
  leftovers?(options: Options): readonly LeftoverOutput[];
  /** For devices that say who they are when asked: how to ask. */
  readonly probe?: Probe;
  /** A simulated device that fits these options; `seed` makes its values differ from its siblings'. */
  simulate?(options: Options, clock: Clock, seed: number): Simulator;
  /** The same for a device that is seen through files; its option `root` says in which folder they are. */
  simulateFiles?(options: Options, clock: Clock, seed: number): FileSimulator;
  /** The same for a device that has no wire but pins. */
  simulatePins?(options: Options, clock: Clock, seed: number): PinSimulator;
  /** Devices of this kind that can run the firmware that they really have; a bench without a config shows the first. */
  readonly samples?: readonly EmulatedSample[];
}

/** The drivers that a program knows, by kind. */
export type DriverRegister = ReadonlyMap<string, DriverKind>;
