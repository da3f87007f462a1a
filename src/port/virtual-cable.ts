import type { Clock } from '../clock.js';
import { createVirtualPort, type VirtualPort } from './virtual-port.js';

/** One end of a virtual cable, as for createVirtualPort. */
interface CableEnd {
  readonly link?: string;
  readonly clock?: Clock;
}

/** Two virtual ports that are wired to each other. */
export interface VirtualCable {
  readonly ends: readonly [VirtualPort, VirtualPort];
  /** Pulls the cable at both ends. */
  close(): void;
}

/**
 * Joins two virtual ports, so that two programs talk to each other by opening one end each. Like a wire it does not wait:
 * what an end does not read is dropped and counted there once 1 MiB of it waits. Throws `port/virtual`.
 */
export function joinVirtualPorts(one: CableEnd = {}, other: CableEnd = {}): VirtualCable {
  const a = createVirtualPort(one);
  try {
    const b = createVirtualPort(other);
    a.onData((bytes) => b.send(bytes));
    b.onData((bytes) => a.send(bytes));
    const close = () => {
      a.close();
      b.close();
    };
    return { ends: [a, b], close };
  } catch (error) {
    a.close();
    throw error;
  }
}
