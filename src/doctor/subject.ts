import type { Clock } from '../clock.js';
import type { DeviceConfig } from '../config/schema.js';
import type { JsonObject } from '../mesh/frame.js';
import type { PortAddress } from '../port/line-link.js';
import type { Finding } from './finding.js';
import type { Machine } from './machine.js';
import type { ServiceUnit } from './service-unit.js';

/** What is examined. */
export interface Subject {
  readonly machine: Machine;
  readonly clock: Clock;
  /** How the user calls this program. */
  readonly program: string;
  /** Devices of the config; none where there is no config. */
  readonly devices: ReadonlyMap<string, DeviceConfig>;
  /** Where the bridge keeps what it remembers. */
  readonly stateDir: string;
  /** The installed service; undefined where there is none. */
  readonly unit: ServiceUnit | undefined;
  /** What the running bridge says of itself, or why it says nothing. */
  readonly bridge: BridgeAnswer;
}

/** running: with its answer · none: no bridge runs · refused: one does and may not be asked · silent: one does and does not answer. */
export type BridgeAnswer =
  | { readonly is: 'running'; readonly status: JsonObject }
  | { readonly is: 'none' }
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'silent'; readonly why: string };

/** Looks at one thing. Rejects only where it has a fault itself. */
export type Check = (subject: Subject) => Finding[] | Promise<Finding[]>;

/** The ports that the config names, by device. */
export function configuredPorts({ devices }: Pick<Subject, 'devices'>): Map<string, PortAddress> {
  const ports = new Map<string, PortAddress>();
  for (const [id, { options }] of devices) {
    const { port } = (options ?? {}) as { port?: PortAddress };
    if (port !== undefined && port !== 'auto') ports.set(id, port);
  }
  return ports;
}

/** The process number of the running bridge, where it says so. */
export function bridgePid({ bridge }: Pick<Subject, 'bridge'>): number | undefined {
  const pid = bridge.is === 'running' ? bridge.status['pid'] : undefined;
  return typeof pid === 'number' ? pid : undefined;
}
