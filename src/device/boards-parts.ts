import type { Log } from '../log.js';
import type { OpenLine } from '../port/line-link.js';
import type { SerialPortEntry } from '../port/serial-path.js';
import type { BoardMemory } from './board-memory.js';
import type { DriverKind } from './driver-kind.js';

/** What the assignment of boards to devices is built from. */
export interface BoardsParts {
  /** Devices of the config that wait for their board, by id, with their kind. */
  waiting: ReadonlyMap<string, string>;
  /** True for an id that something else has. */
  isTaken(id: string): boolean;
  memory: BoardMemory;
  openLine: OpenLine;
  log: Log;
  /** A board that no device of the config waits for: makes a device of it. Undefined where such boards are left alone. */
  adopt: ((id: string, kind: DriverKind, approved: boolean) => void) | undefined;
  /** A device got a board: whether its outputs may be switched from now on. */
  consent(device: string, approved: boolean): void;
  /** A device that was made of a board is no more, as another one needs its place. */
  abandon(device: string): void;
  /** True where a new board at this port is approved as it is plugged in. */
  welcomesNew(port: SerialPortEntry): boolean;
  /** A board was approved because new ones are. */
  welcomed?(device: string): void;
  /** Who is at a port must be asked anew. */
  askAgain(path: string): void;
}
