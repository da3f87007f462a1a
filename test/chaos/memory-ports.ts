import type { Clock } from '../../src/clock.js';
import { BridgeError } from '../../src/error.js';
import type { PortAddress } from '../../src/port/line-link.js';
import type { Ports } from '../../src/port/ports.js';
import type { Supply } from '../../src/port/supply.js';
import { FakePort } from '../support/fake-line.js';
import type { Jack } from './cable.js';
import type { PortTaps } from './stage.js';

/** Whoever has the ports open: its time, and whether it hears of what happens to them now. */
export interface PortOwner {
  readonly clock: Clock;
  pass(event: () => void): void;
}

/** One serial port in memory that appears and vanishes. */
export class MemoryJack implements Jack {
  present = false;
  readonly port: FakePort;
  /** Who waits for it to appear. */
  readonly waiting = new Set<() => void>();
  private trouble: string | undefined;

  constructor(
    readonly path: string,
    private readonly owner: PortOwner,
    readonly taps: PortTaps,
  ) {
    this.port = new FakePort(owner.clock);
    this.admit();
  }

  send(bytes: string): void {
    this.owner.pass(() => this.port.send(Buffer.from(bytes, 'latin1')));
  }

  appear(receive: (bytes: string) => void): void {
    this.present = true;
    this.port.onWrite = (line) => {
      this.taps.wrote(`${line}\n`);
      receive(`${line}\n`);
    };
    this.admit();
    for (const wake of this.waiting) wake();
  }

  vanish(): void {
    this.present = false;
    this.port.onWrite = undefined;
    this.admit();
    this.owner.pass(() => this.port.vanish());
  }

  stall(stalling: boolean): void {
    this.owner.pass(() => this.port.stall(stalling));
  }

  refuse(code: string | undefined): void {
    this.trouble = code;
    this.admit();
    if (code !== undefined) this.owner.pass(() => this.port.vanish());
  }

  private admit(): void {
    const code = this.present ? this.trouble : 'port/missing';
    this.port.refuse(code === undefined ? undefined : new BridgeError(code, `trouble with ${this.path}`));
  }
}

/** The serial ports of a machine in memory. */
export function memoryPorts(jacks: ReadonlyMap<string, MemoryJack>, supply: () => Supply): Ports {
  const jackAt = (port: PortAddress) => {
    const jack = jacks.get(String(port));
    if (!jack) throw new BridgeError('port/missing', `there is no ${String(port)}`);
    return jack;
  };
  return {
    resolve: (port) => jackAt(port).path,
    open: async (options, handlers, signal) => {
      const jack = jackAt(options.port);
      const link = await jack.port.open(options, handlers, signal);
      jack.taps.opened();
      return link;
    },
    watch: (port, wake) => {
      const { waiting } = jackAt(port);
      waiting.add(wake);
      return () => waiting.delete(wake);
    },
    list: () => [],
    nodeOf: () => undefined,
    holders: async () => [],
    watchList: () => () => {},
    supply: async () => supply(),
  };
}
