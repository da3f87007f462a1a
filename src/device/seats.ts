import { BridgeError } from '../error.js';
import type { LineLink, OpenLine } from '../port/line-link.js';
import type { HandoverLine } from './handover-line.js';

/** A board in its device's place. */
export interface Seat {
  /** The node of its port. */
  readonly path: string;
  readonly kind: string;
  /** The board's own id. */
  readonly id: string;
  readonly mark: string;
  /** Fingerprint of its points, where it says one. */
  manifest: string | undefined;
  /** True where the config itself lets this board be switched, whatever its points. */
  readonly byConfig: boolean;
  /** True while a twin that is plugged in together with it may yet come to light. */
  provisional: boolean;
  /** The line that discovery left open, until the driver takes it. */
  line: HandoverLine | undefined;
}

/** Which board is in which device's place now, and the lines to them. */
export class Seats {
  private readonly seats = new Map<string, Seat>();
  private readonly links = new Map<Seat, LineLink>();
  private readonly wakers = new Map<string, Set<() => void>>();

  constructor(private readonly openLine: OpenLine) {}

  /** The board in a device's place. */
  of(device: string): Seat | undefined {
    return this.seats.get(device);
  }

  /** All boards that are in a place, by device. */
  all(): [device: string, seat: Seat][] {
    return [...this.seats];
  }

  /** Opens the line of a device's board; throws `port/missing` while it is not plugged in. */
  opener(device: string): OpenLine {
    return async (options, handlers, signal) => {
      const seat = this.seats.get(device);
      if (!seat) throw missing(device);
      const line = seat.line?.take(handlers);
      seat.line = undefined;
      const link = line ?? (await this.openLine({ ...options, port: seat.path }, handlers, signal));
      if (this.seats.get(device) !== seat) {
        await link.close();
        throw missing(device);
      }
      this.links.set(seat, link);
      void link.ended.then(() => {
        if (this.links.get(seat) === link) this.links.delete(seat);
      });
      return link;
    };
  }

  /** Calls `wake` each time that the device's board is found; the returned function ends that. */
  watch(device: string, wake: () => void): () => void {
    const wakers = this.wakers.get(device) ?? new Set();
    this.wakers.set(device, wakers.add(wake));
    return () => wakers.delete(wake);
  }

  /** Puts a board into a device's empty place. */
  take(device: string, seat: Seat): void {
    this.seats.set(device, seat);
    for (const wake of this.wakers.get(device) ?? []) wake();
  }

  /** Empties a device's place; resolves when the line to its board is closed. */
  async vacate(device: string): Promise<void> {
    const seat = this.seats.get(device);
    if (!seat) return;
    this.seats.delete(device);
    await Promise.all([seat.line?.drop(), this.links.get(seat)?.close()]);
  }
}

function missing(device: string): BridgeError {
  const hint = 'plug it in; `carter-bridge devices` lists what is there';
  return new BridgeError('port/missing', `no board that is ${device} is plugged in`, { hint });
}
