import type { Clock } from './clock.js';
import type { Config } from './config/schema.js';
import type { DriverRegister } from './device/driver-kind.js';
import type { Log } from './log.js';
import type { Dial } from './mesh/client-socket.js';
import type { Trust } from './mesh/client-trust.js';
import type { Pairing } from './pairing.js';
import type { PanelOptions } from './panel/local-panel.js';
import type { LogRing } from './panel/log-ring.js';
import type { Files } from './port/kernel-files.js';
import type { PinsOf } from './port/pin.js';
import type { Ports } from './port/ports.js';
import type { MakeSeat } from './relay-seat.js';

/** What a bridge is built from: its config, and everything of the world outside that it touches. */
export interface BridgeParts {
  config: Config;
  /** Address of the relay to join. */
  relayUrl: string;
  /** What the relay asks for, where it asks. */
  token: string | undefined;
  /** Whom a `wss://` relay has to be; anybody whom the system trusts where absent. */
  trust?: Trust | undefined;
  /** True: anybody can be on the relay and nobody said that this is all right. */
  openRelay: boolean;
  drivers: DriverRegister;
  version: string;
  clock: Clock;
  random: () => number;
  log: Log;
  ports: Ports;
  /** How to reach the relay; over the network where absent. */
  dial?: Dial | undefined;
  /** What a phone needs to join. */
  pairing: Pairing;
  /** Nonce on all frames; a new one where absent. */
  source?: string;
  /** The files that the kernel shows; this machine's where absent. */
  files?: Files;
  /** Takes the seat on the relay; with a client of its own where absent. */
  seat?: MakeSeat;
  /** The local web page; none where absent. */
  panel?: PanelOptions | undefined;
  /** The lines of the log that the panel shows. */
  lines?: LogRing;
  pins: PinsOf;
  /** Where the control socket may be if the state folder can't have it; nowhere where absent. */
  spareSockets?: readonly string[];
  /** This machine's name, under which others may ask it for metrics. */
  hostname: string;
}

/** What of a bridge's parts can be others while it runs. */
export type BridgeChange = Pick<
  BridgeParts,
  'config' | 'relayUrl' | 'token' | 'trust' | 'dial' | 'openRelay' | 'pairing' | 'panel'
>;
