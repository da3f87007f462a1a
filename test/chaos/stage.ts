import type { Clock } from '../../src/clock.js';
import type { Dial } from '../../src/mesh/client-socket.js';
import type { Ports } from '../../src/port/ports.js';
import type { VirtualClock } from '../support/virtual-clock.js';
import type { Jack } from './cable.js';
import type { RelayControl } from './relay.js';

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
  readonly ports: Ports;
  /** Milliseconds by which a busy machine may be late. */
  readonly slackMs: number;
  /** Where a device is plugged in; `opened` is called each time that the bridge opened the port. */
  jack(path: string, opened: () => void): Jack;
  /** The port of a device. */
  path(id: string): string;
  /** Time goes on. */
  pass(ms: number): Promise<void>;
  /** Time goes on until this is done. */
  finish(work: Promise<void>): Promise<void>;
  /** Ends everything, and says what is left over. */
  close(): Promise<string[]>;
}
