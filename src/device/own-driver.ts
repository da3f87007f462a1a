import { BridgeError } from '../error.js';
import type { DeviceDriver } from './driver.js';
import type { DriverKind, DriverRegister } from './driver-kind.js';
import type { DeviceEntries } from './fleet-change.js';
import { limitsOf, type OutputLimits } from './output-limits.js';
import { type OutputPointOptions, outputOptionsOf } from './output-options.js';

/** The driver of one device, with what it was made of. */
export interface OwnDriver {
  readonly kind: DriverKind;
  readonly options: unknown;
  /** What the owner of its outputs allows, by point. */
  readonly outputs: ReadonlyMap<string, OutputPointOptions>;
  /** What the device is told of that when it is connected. */
  readonly limits: ReadonlyMap<string, OutputLimits>;
  readonly driver: DeviceDriver;
}

/** What drivers are made with; `interlocks`: groups of outputs, as `device.point`, of which at most one is on. */
export interface OwnDriverParts {
  readonly drivers: DriverRegister;
  readonly interlocks: readonly (readonly string[])[];
  readonly random: () => number;
}

/** Makes a device's driver. Throws `config/driver` for one that is not known. */
export function ownDriver(
  id: string,
  entry: { readonly driver: string; readonly options: unknown },
  { drivers, interlocks, random }: OwnDriverParts,
): OwnDriver {
  const { options } = entry;
  const kind = drivers.get(entry.driver);
  if (!kind) throw new BridgeError('config/driver', `${id}: unknown driver ${entry.driver}`);
  const outputs = outputOptionsOf(options);
  return { kind, options, outputs, limits: limitsOf(id, outputs, interlocks), driver: kind.create(options, random) };
}

/** The drivers of all devices of a config. */
export function ownDrivers(devices: DeviceEntries, parts: OwnDriverParts): ReadonlyMap<string, OwnDriver> {
  return new Map([...devices].map(([id, entry]) => [id, ownDriver(id, entry, parts)]));
}

/** All that a device is told by its config, by id. */
export function plansOf(own: ReadonlyMap<string, OwnDriver>): ReadonlyMap<string, unknown> {
  return new Map([...own].map(([id, { kind, options, limits }]) => [id, { driver: kind.kind, options, limits }]));
}
