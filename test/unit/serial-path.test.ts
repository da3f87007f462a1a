import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { holders, isUnstableName, listPorts, nodeAge, resolvePort, stableName } from '../../src/port/serial-path.js';
import { createVirtualPort } from '../../src/port/virtual-port.js';

interface Adapter {
  name: string;
  vendorId: string;
  productId: string;
  serial?: string;
  socket: string;
  byId?: string;
}

/** A made-up machine: sysfs as the kernel lays it out for USB serial adapters, and a /dev beside it. */
function machine(...adapters: Adapter[]) {
  const root = mkdtempSync(join(tmpdir(), 'serial-path-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const roots = { sys: join(root, 'sys'), dev: join(root, 'dev'), proc: join(root, 'proc') };
  const put = (path: string, text = '') => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const link = (path: string, target: string) => {
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(relative(dirname(path), target), path);
  };
  const classTty = join(roots.sys, 'class/tty');
  mkdirSync(classTty, { recursive: true });
  put(join(roots.sys, 'devices/virtual/tty/tty1/dev'), '4:1');
  link(join(classTty, 'tty1'), join(roots.sys, 'devices/virtual/tty/tty1'));
  put(join(roots.dev, 'tty1'));
  for (const [name, type] of [
    ['ttyS0', '4'],
    ['ttyS1', '0'],
  ] as const) {
    const platform = join(roots.sys, 'devices/platform/serial8250');
    put(join(platform, 'tty', name, 'type'), `${type}\n`);
    link(join(platform, 'tty', name, 'device'), platform);
    link(join(classTty, name), join(platform, 'tty', name));
    put(join(roots.dev, name));
  }
  const plug = ({ name, vendorId, productId, serial, socket, byId }: Adapter) => {
    const usb = join(roots.sys, 'devices/pci/usb1', socket);
    const tty = join(usb, `${socket}:1.0`, name, 'tty', name);
    put(join(usb, 'idVendor'), `${vendorId}\n`);
    put(join(usb, 'idProduct'), `${productId}\n`);
    put(join(usb, 'product'), 'USB Serial\n');
    if (serial) put(join(usb, 'serial'), `${serial}\n`);
    mkdirSync(tty, { recursive: true });
    link(join(tty, 'device'), join(usb, `${socket}:1.0`, name));
    link(join(classTty, name), tty);
    put(join(roots.dev, name));
    link(join(roots.dev, 'serial/by-path', `platform-usb-0:${socket}:1.0-port0`), join(roots.dev, name));
    if (byId) link(join(roots.dev, 'serial/by-id', byId), join(roots.dev, name));
  };
  for (const adapter of adapters) plug(adapter);
  return { roots, dev: (name: string) => join(roots.dev, name) };
}

const uno = {
  name: 'ttyACM0',
  vendorId: '2341',
  productId: '0043',
  serial: 'A1',
  socket: '1-1',
  byId: 'usb-Uno_A1-if00',
};
const ch340 = {
  name: 'ttyUSB0',
  vendorId: '1a86',
  productId: '7523',
  socket: '1-2',
  byId: 'usb-1a86_USB_Serial-if00-port0',
};
const twin = { name: 'ttyUSB1', vendorId: '1a86', productId: '7523', socket: '1-3' };

describe('listPorts', () => {
  it('lists what has hardware behind it, with USB identity and stable names', () => {
    const { roots, dev } = machine(uno);
    expect(listPorts(roots)).toEqual([
      {
        path: dev('ttyACM0'),
        usb: { vendorId: '2341', productId: '0043', serialNumber: 'A1', product: 'USB Serial' },
        byId: dev('serial/by-id/usb-Uno_A1-if00'),
        byPath: dev('serial/by-path/platform-usb-0:1-1:1.0-port0'),
      },
      { path: dev('ttyS0') },
    ]);
  });

  it('gives no by-id name where twins without serial number contest it', () => {
    const { roots, dev } = machine(ch340, twin);
    expect(listPorts(roots).map((port) => port.byId)).toEqual([undefined, undefined, undefined]);
    expect(stableName(dev('ttyUSB0'), roots)).toBe(dev('serial/by-path/platform-usb-0:1-2:1.0-port0'));
  });

  it('is empty on a machine without sysfs, and works on this one', () => {
    expect(listPorts({ sys: '/nonexistent', dev: '/nonexistent', proc: '/nonexistent' })).toEqual([]);
    expect(Array.isArray(listPorts())).toBe(true);
  });
});

describe('resolvePort', () => {
  it('follows links to the node', () => {
    const { roots, dev } = machine(uno);
    expect(resolvePort(dev('serial/by-id/usb-Uno_A1-if00'), roots)).toBe(dev('ttyACM0'));
  });

  it('finds a USB identity, in any spelling of its numbers', () => {
    const { roots, dev } = machine(uno, ch340);
    expect(resolvePort({ vendorId: '0x1A86', productId: '7523' }, roots)).toBe(dev('ttyUSB0'));
    expect(resolvePort({ vendorId: '2341', productId: '43', serialNumber: 'A1' }, roots)).toBe(dev('ttyACM0'));
  });

  it.each([
    ['/dev/ttyUSB77'],
    [{ vendorId: '2341', productId: '0043', serialNumber: 'B2' }],
    [{ vendorId: 'ffff', productId: '0001' }],
  ])('says that %j is missing', (address) => {
    const { roots } = machine(uno);
    expect(() => resolvePort(address, roots)).toThrow(expect.objectContaining({ code: 'port/missing' }));
  });

  it('does not guess between twins, and names their sockets', () => {
    const { roots } = machine(ch340, twin);
    expect(() => resolvePort({ vendorId: '1a86', productId: '7523' }, roots)).toThrow(
      expect.objectContaining({
        code: 'port/ambiguous',
        message: expect.stringMatching(/by-path\/.*1-2.*by-path\/.*1-3/),
        hint: expect.stringContaining('by-path'),
      }),
    );
  });

  it('does not find a port whose node has not been made yet', () => {
    const { roots, dev } = machine(ch340);
    rmSync(dev('ttyUSB0'));
    expect(() => resolvePort({ vendorId: '1a86', productId: '7523' }, roots)).toThrow('no serial port');
  });
});

describe('isUnstableName', () => {
  it.each(['/dev/ttyUSB0', '/dev/ttyACM12'])('%s may be another device tomorrow', (path) => {
    expect(isUnstableName(path)).toBe(true);
  });
  it.each(['/dev/serial/by-id/usb-1', '/dev/ttyAMA0', '/dev/serial0', '/dev/garage', '/dev/ttyUSB0x'])(
    '%s stays',
    (path) => {
      expect(isUnstableName(path)).toBe(false);
    },
  );
});

describe('holders', () => {
  it('names this process, which has the port open', async () => {
    const port = createVirtualPort();
    onTestFinished(() => port.close());
    expect(await holders(port.path)).toContainEqual({ pid: process.pid, command: expect.stringMatching(/./) });
    const fd = openSync('/dev/null', 'r');
    closeSync(fd);
    expect(await holders('/dev/nonexistent')).toEqual([]);
  });

  it('is empty where /proc cannot be read', async () => {
    expect(await holders('/dev/null', { sys: '/', dev: '/', proc: '/nonexistent' })).toEqual([]);
  });
});

describe('nodeAge', () => {
  it('is measured by the wall clock, and unknown without one', () => {
    const { dev } = machine(uno);
    expect(nodeAge(dev('ttyACM0'), Date.now())).toBeLessThan(5000);
    expect(nodeAge(dev('ttyACM0'), undefined)).toBeUndefined();
    expect(nodeAge(dev('nope'), Date.now())).toBeUndefined();
  });
});
