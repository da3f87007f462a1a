import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { OpenLine, PortAddress } from './line-link.js';
import { watchPort, watchPortList } from './port-watch.js';
import { openSerialLine } from './serial-line-link.js';
import { listPorts, resolvePort, type SerialPortEntry } from './serial-path.js';
import { SYSTEM_ROOTS } from './system-roots.js';

/** The serial ports of a machine. */
export interface Ports {
  readonly open: OpenLine;
  /** Calls `wake` when the port may have appeared; the returned function ends the watch. */
  watch(port: PortAddress, wake: () => void): () => void;
  /** The node behind an address now; throws `port/…`. */
  resolve(port: PortAddress): string;
  list(): SerialPortEntry[];
  /** Calls `onChange` when the list is another one; the returned function ends the watch. */
  watchList(onChange: () => void): () => void;
}

/** The ports of this machine; `roots` are where its kernel shows them. */
export function machinePorts(clock: Clock, log: Log, roots = SYSTEM_ROOTS): Ports {
  const resolve = (port: PortAddress) => resolvePort(port, roots);
  return {
    open: openSerialLine({ clock, log, resolve }),
    watch: (port, wake) => watchPort(port, wake, { clock, roots }),
    resolve,
    list: () => listPorts(roots),
    watchList: (onChange) => watchPortList(onChange, { clock, roots }),
  };
}
