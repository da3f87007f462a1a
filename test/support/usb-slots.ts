import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plugInto } from '../../src/cli/bench-boards.js';
import type { Simulator } from '../../src/device/driver-kind.js';
import type { SystemRoots } from '../../src/port/system-roots.js';
import { createVirtualPort, type VirtualPort } from '../../src/port/virtual-port.js';

/** Who a made-up USB adapter says it is. */
export interface Adapter {
  readonly vendorId?: string;
  readonly serialNumber?: string;
}

/** A made-up machine's USB sockets: real pseudo terminals behind a /sys and a /dev of the test's own. */
export class UsbSlots {
  readonly roots: SystemRoots;
  private readonly plugged = new Map<string, { port: VirtualPort; device: Simulator }>();

  constructor(folder: string) {
    this.roots = { sys: join(folder, 'sys'), dev: join(folder, 'dev'), proc: '/proc' };
    mkdirSync(this.roots.dev, { recursive: true });
    mkdirSync(join(this.roots.sys, 'class/tty'), { recursive: true });
  }

  /** Plugs a device in; its node appears last, as in a real system. */
  plug(name: string, device: Simulator, { vendorId = '1a86', serialNumber }: Adapter = {}): void {
    const tty = join(this.roots.sys, 'class/tty', name);
    mkdirSync(join(tty, 'device'), { recursive: true });
    writeFileSync(join(tty, 'idVendor'), `${vendorId}\n`);
    writeFileSync(join(tty, 'idProduct'), '7523\n');
    if (serialNumber) writeFileSync(join(tty, 'serial'), `${serialNumber}\n`);
    const port = createVirtualPort({ link: join(this.roots.dev, name) });
    plugInto(port, device);
    this.plugged.set(name, { port, device });
  }

  pull(name: string): void {
    const slot = this.plugged.get(name);
    this.plugged.delete(name);
    slot?.device.unplug();
    slot?.port.close();
    rmSync(join(this.roots.sys, 'class/tty', name), { recursive: true, force: true });
  }

  pullAll(): void {
    for (const name of [...this.plugged.keys()]) this.pull(name);
  }
}
