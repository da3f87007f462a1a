import type { Clock } from './clock.js';
import type { Fleet } from './device/fleet.js';
import type { SupervisorState } from './device/supervisor.js';
import type { StateFolder } from './state/state-folder.js';
import type { Health, Store } from './state/store.js';

/** How one device is doing. */
export type DeviceStatus = {
  readonly driver: string;
  readonly health: Health;
  readonly state: SupervisorState;
  /** What is wrong with it, in a line for people. */
  readonly trouble?: string;
};

/** How a bridge is doing. */
export type BridgeStatus = {
  readonly version: string;
  /** Whole seconds since the start. */
  readonly up_s: number;
  readonly relay: 'joined' | 'apart';
  /** The emergency stop is latched. */
  readonly stopped: boolean;
  /** Whether what is to outlive a restart can be written down. */
  readonly storage: 'good' | 'failing';
  readonly devices: { readonly [id: string]: DeviceStatus };
};

/** What a status is made from. */
export interface StatusParts {
  readonly fleet: Pick<Fleet, 'devices'>;
  readonly store: Store;
  /** Whether the emergency stop is latched. */
  readonly memory: { stopped(): boolean; readonly folder: Pick<StateFolder, 'report'> };
  /** Whether the relay has let us in. */
  readonly relay: { readonly ready: boolean };
  readonly clock: Clock;
  readonly version: string;
}

/** Says at each call how the bridge is doing; its time of service begins now. */
export function statusOf({ fleet, store, memory, relay, clock, version }: StatusParts): () => BridgeStatus {
  const begun = clock.now();
  return () => {
    const devices = [...fleet.devices.values()].map(({ id, kind, state, trouble }): [string, DeviceStatus] => {
      const why = trouble === undefined ? {} : { trouble };
      return [id, { driver: kind, health: store.health(id) ?? 'offline', state, ...why }];
    });
    return {
      version,
      up_s: Math.round((clock.now() - begun) / 1000),
      relay: relay.ready ? 'joined' : 'apart',
      stopped: memory.stopped(),
      storage: memory.folder.report().some(({ failing }) => failing) ? 'failing' : 'good',
      devices: Object.fromEntries(devices),
    };
  };
}

/** Why not all is well, such as `relay apart` and `greenhouse offline`; empty where everything is online. */
export function reasonsOf({ relay, storage, devices }: BridgeStatus): string[] {
  const ill = Object.entries(devices).filter(([, { health }]) => health !== 'online');
  return [
    ...(relay === 'joined' ? [] : ['relay apart']),
    ...(storage === 'good' ? [] : ['storage failing']),
    ...ill.map(([id, { health }]) => `${id} ${health}`),
  ];
}
