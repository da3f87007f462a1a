import { statSync } from 'node:fs';
import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { OpenLine, PortAddress } from './line-link.js';
import { ownPid } from './own-pid.js';
import { watchPort, watchPortList } from './port-watch.js';
import { openSerialLine } from './serial-line-link.js';
import { type Holder, holders, listPorts, resolvePort, type SerialPortEntry } from './serial-path.js';
import { readSupply, type Supply } from './supply.js';
import { SYSTEM_ROOTS } from './system-roots.js';

/** The serial ports of a machine. */
export interface Ports {
  readonly open: OpenLine;
  /** Calls `wake` when the port may have appeared; the returned function ends the watch. */
  watch(port: PortAddress, wake: () => void): () => void;
  /** The node behind an address now; throws `port/…`. */
  resolve(port: PortAddress): string;
  list(): SerialPortEntry[];
  /** What tells the node at a path from the next one there: its inode number. Undefined where there is none. */
  nodeOf(path: string): string | undefined;
  /** Other processes that have a port open, as far as this user may see. */
  holders(path: string): Promise<Holder[]>;
  /** Calls `onChange` when the list is another one; the returned function ends the watch. */
  watchList(onChange: () => void): () => void;
  /** How the supply is that they hang on; undefined or absent where the machine does not tell. */
  supply?(): Promise<Supply | undefined>;
}

/** The ports of this machine; `roots` are where its kernel shows them. */
export function machinePorts(clock: Clock, log: Log, roots = SYSTEM_ROOTS): Ports {
  const resolve = (port: PortAddress) => resolvePort(port, roots);
  return {
    open: openSerialLine({ clock, log, resolve }),
    watch: (port, wake) => watchPort(port, wake, { clock, roots }),
    resolve,
    list: () => listPorts(roots),
    nodeOf: (path) => statSync(path, { throwIfNoEntry: false })?.ino.toString(),
    holders: async (path) => {
      const self = ownPid(roots.proc);
      return (await holders(path, roots)).filter(({ pid }) => pid !== self);
    },
    watchList: (onChange) => watchPortList(onChange, { clock, roots }),
    supply: () => readSupply(roots.sys),
  };
}
