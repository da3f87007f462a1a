import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Machine, type MachineFacts } from '../../src/doctor/machine.js';
import { readServiceUnit } from '../../src/doctor/service-unit.js';
import type { Subject } from '../../src/doctor/subject.js';
import { MadeUpKernel } from './made-up-kernel.js';
import { VirtualClock } from './virtual-clock.js';

/** What a test says of a machine: texts of files, and links as `{to}`, by absolute path. */
export type Tree = Readonly<Record<string, string | { readonly to: string }>>;

/** A machine made up below a folder of the test's own, and what the doctor has to know to examine it. */
export function madeUp(tree: Tree = {}, facts: Partial<MachineFacts> = {}): Subject & { readonly root: string } {
  const root = mkdtempSync(join(tmpdir(), 'machine-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(tree)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    if (typeof content === 'string') writeFileSync(file, content);
    else symlinkSync(join(root, content.to), file);
  }
  const machine = new Machine(
    {
      user: { uid: 1000, name: 'pi', groups: [1000, 20, 997] },
      node: { version: 'v20.19.0', abi: '115', execPath: '/usr/bin/node' },
      arch: 'arm64',
      home: '/opt/carter-bridge',
      load: async () => ({}),
      chipKernel: () => new MadeUpKernel(new Map()),
      ...facts,
    },
    root,
  );
  return {
    root,
    machine,
    clock: new VirtualClock(),
    program: 'carter-bridge',
    devices: new Map(),
    stateDir: root,
    unit: readServiceUnit(machine),
    bridge: { is: 'none' },
  };
}

/** A USB adapter behind a serial port, as sysfs shows it. */
export function adapter(name: string, id = '1a86:7523', more: Tree = {}): Tree {
  const [vendorId = '', productId = ''] = id.split(':');
  const device = `/sys/devices/usb1/1-1/1-1:1.0/${name}`;
  return {
    '/sys/devices/usb1/1-1/idVendor': `${vendorId}\n`,
    '/sys/devices/usb1/1-1/idProduct': `${productId}\n`,
    '/sys/devices/usb1/1-1/product': 'USB Serial\n',
    [`${device}/uevent`]: '',
    [`/sys/class/tty/${name}/device`]: { to: device },
    [`/dev/${name}`]: '',
    ...more,
  };
}
