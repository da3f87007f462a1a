import type { Dial, Wire } from '../../src/mesh/client-socket.js';
import type { Pins, PinsOf } from '../../src/port/pin.js';
import type { Ports } from '../../src/port/ports.js';
import type { Life } from './life.js';

/** What a process has open in the world: what comes from there passes through its life, and all of it is closed when that ends. */
export class Belongings {
  private readonly open = new Set<() => void>();

  constructor(private readonly life: Life) {}

  /** How much is open. */
  get count(): number {
    return this.open.size;
  }

  /** The kernel closes everything. */
  drop(): void {
    for (const close of [...this.open]) close();
    this.open.clear();
  }

  ports(ports: Ports): Ports {
    const watch = (begin: (wake: () => void) => () => void, wake: () => void) =>
      this.keep(begin(() => this.life.pass(wake)));
    return {
      ...ports,
      open: async (...how) => {
        const link = await ports.open(...how);
        const close = () => void link.close();
        this.open.add(close);
        void link.ended.then(() => this.open.delete(close));
        return link;
      },
      watch: (port, wake) => watch((passed) => ports.watch(port, passed), wake),
      watchList: (wake) => watch((passed) => ports.watchList(passed), wake),
    };
  }

  dial(dial: Dial): Dial {
    return (url, options) => {
      if (this.life.state === 'over') throw new Error('a dead process calls nobody');
      const wire = dial(url, options);
      const end = () => wire.terminate();
      this.open.add(end);
      wire.on('close', () => this.open.delete(end));
      return this.passed(wire);
    };
  }

  pins(pinsOf: PinsOf): PinsOf {
    const kept = <Pin extends { close(): void }>(pin: Pin): Pin => Object.assign(pin, { close: this.keep(pin.close) });
    return (device) => {
      const pins: Pins = pinsOf(device);
      return {
        openInput: async (...how) => kept(await pins.openInput(...how)),
        openOutput: async (...how) => kept(await pins.openOutput(...how)),
        openPwm: async (...how) => kept(await pins.openPwm(...how)),
      };
    };
  }

  private keep(close: () => void): () => void {
    this.open.add(close);
    return () => {
      this.open.delete(close);
      close();
    };
  }

  /** A connection of which the process hears only while it runs. */
  private passed(wire: Wire): Wire {
    const get = (target: Wire, key: keyof Wire) => {
      const value = target[key] as unknown;
      if (typeof value !== 'function') return value;
      const call = value.bind(target) as (...args: unknown[]) => unknown;
      if (key !== 'on' && key !== 'once') return call;
      return (event: string, listener: (...args: unknown[]) => void) =>
        call(event, (...args: unknown[]) => this.life.pass(() => listener(...args)));
    };
    return new Proxy(wire, { get: (target, key) => get(target, key as keyof Wire) });
  }
}
