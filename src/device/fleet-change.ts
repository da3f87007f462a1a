import { isDeepStrictEqual } from 'node:util';

/** The devices of a config by id. */
export type DeviceEntries = ReadonlyMap<string, { readonly driver: string; readonly options: unknown }>;

/** What other entries mean for the devices that there are, by id. */
export interface FleetChange {
  readonly gone: readonly string[];
  readonly changed: readonly string[];
  readonly added: readonly string[];
}

/** Compares what the drivers are told, not how it was written. */
export function fleetChange(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): FleetChange {
  const kept = [...before.keys()].filter((id) => after.has(id));
  return {
    gone: [...before.keys()].filter((id) => !after.has(id)),
    changed: kept.filter((id) => !isDeepStrictEqual(before.get(id), after.get(id))),
    added: [...after.keys()].filter((id) => !before.has(id)),
  };
}
