import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { Files } from '../port/kernel-files.js';
import type { PinsOf } from '../port/pin.js';
import type { Ports } from '../port/ports.js';
import type { Store } from '../state/store.js';
import type { BoardMemory } from './board-memory.js';
import type { DriverRegister } from './driver-kind.js';
import type { DeviceEntries } from './fleet-change.js';
import type { Tallies } from './tallies.js';

/** What a fleet goes by that was so before the start. */
export interface FleetMemory {
  /** Which board is which. */
  readonly boards: BoardMemory;
  /** True while the emergency stop is latched. */
  stopped(): boolean;
  /** What the driver of a device counts. */
  tallies(device: string): Tallies;
}

/** Which devices there are to be. */
export interface FleetWishes {
  devices: DeviceEntries;
  /** Groups of outputs, as `device.point`, of which at most one is on. */
  interlocks: readonly (readonly string[])[];
  /** True: boards that no device of the config waits for become devices too, their outputs waiting for approval. */
  discover: boolean;
}

/** What a fleet is built from. */
export interface FleetParts extends FleetWishes {
  drivers: DriverRegister;
  ports: Ports;
  pins: PinsOf;
  /** Those of this machine where absent. */
  files?: Files | undefined;
  store: Store;
  memory: FleetMemory;
  clock: Clock;
  random: () => number;
  log: Log;
}
