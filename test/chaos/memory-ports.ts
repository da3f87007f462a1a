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
  /** Which node it is: another one each time that it appears. */
  appearances = 0;
  /** How often it was opened. */
  openings = 0;
  readonly port: FakePort;
  /** Who waits for it to appear. */
  readonly waiting = new Set<() => void>();
  private trouble: string | undefined;

  /** `address`: how the config finds it, whatever its name; by its name where that is the name. */
  constructor(
    public path: string,
    readonly address: PortAddress,
    private readonly owner: PortOwner,
    readonly taps: PortTaps,
  ) {
    this.port = new FakePort(owner.clock);
    this.admit();
  }

  send(bytes: string): void {
    const { openings } = this;
    // What comes while it is not open is nowhere when somebody opens it later.
    this.owner.pass(() => openings === this.openings && this.port.send(Buffer.from(bytes, 'latin1')));
  }

  appear(receive: (bytes: string) => void): void {
    this.present = true;
    this.appearances++;
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

  rename(path: string): void {
    if (typeof this.address !== 'string') this.path = path;
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
export function memoryPorts(jacks: readonly MemoryJack[], supply: () => Supply): Ports {
  const find = (port: PortAddress) => jacks.find(({ path, address }) => path === port || isSame(address, port));
  const jackAt = (port: PortAddress) => {
    const jack = find(port);
    if (!jack) throw new BridgeError('port/missing', `there is no ${JSON.stringify(port)}`);
    return jack;
  };
  const plugged = () => jacks.filter(({ present }) => present);
  return {
    resolve: (port) => {
      const { path, present } = jackAt(port);
      if (!present) throw new BridgeError('port/missing', `there is no ${path}`);
      return path;
    },
    open: async (options, handlers, signal) => {
      const jack = jackAt(options.port);
      const link = await jack.port.open(options, handlers, signal);
      jack.openings++;
      jack.taps.opened();
      return link;
    },
    watch: (port, wake) => watch(jackAt(port), wake),
    list: () => plugged().map(({ path, address }) => ({ path, ...(typeof address === 'object' && { usb: address }) })),
    nodeOf: (path) => String(find(path)?.appearances),
    holders: async () => [],
    watchList: (wake) => {
      const ends = jacks.map((jack) => watch(jack, wake));
      return () => {
        for (const end of ends) end();
      };
    },
    supply: async () => supply(),
  };
}

function watch({ waiting }: MemoryJack, wake: () => void): () => void {
  const woken = () => wake();
  waiting.add(woken);
  return () => void waiting.delete(woken);
}

function isSame(address: PortAddress, port: PortAddress): boolean {
  return typeof address === 'object' && typeof port === 'object' && address.serialNumber === port.serialNumber;
}
