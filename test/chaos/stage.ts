import type { Clock } from '../../src/clock.js';
import type { Dial } from '../../src/mesh/client-socket.js';
import type { PortAddress } from '../../src/port/line-link.js';
import type { Ports } from '../../src/port/ports.js';
import type { Supply } from '../../src/port/supply.js';
import type { VirtualClock } from '../support/virtual-clock.js';
import type { Jack } from './cable.js';
import type { Life } from './life.js';
import type { RelayControl } from './relay.js';

/** Who listens in at the bridge's end of a port. */
export interface PortTaps {
  /** The bridge opened it. */
  opened(): void;
  /** The bridge wrote this, whatever becomes of it. */
  wrote(bytes: string): void;
}

/** What a world stands on: time, ports, and the network with a relay in it; in memory, or real. */
export interface Stage {
  readonly clock: Clock;
  /** The same clock where it can be moved, and where the wall clock can jump. */
  readonly virtual?: VirtualClock;
  /** A folder of its own. */
  readonly folder: string;
  readonly relay: RelayControl;
  readonly url: string;
  readonly token: string;
  readonly dial: Dial;
  /** How the supply of the machine is, where that can be changed. */
  supply?: Supply;
  /** Milliseconds by which a busy machine may be late. */
  readonly slackMs: number;
  /** Milliseconds by which it was late so far, at worst. */
  readonly worstLagMs: number;
  /** Where a device is plugged in. */
  jack(id: string, taps: PortTaps): Jack;
  /** How the config finds that. */
  address(id: string): PortAddress;
  /** The serial ports, for one life of the bridge. */
  portsFor(life: Life): Ports;
  /** Time goes on. */
  pass(ms: number): Promise<void>;
  /** Virtual time stands still until this is done. */
  during(work: Promise<unknown>): void;
  /** Time goes on until this is done. */
  finish(work: Promise<unknown>): Promise<void>;
  /** Ends everything, and says what is left over. */
  close(): Promise<string[]>;
}
