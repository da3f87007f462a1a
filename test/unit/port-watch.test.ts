import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PortAddress } from '../../src/port/line-link.js';
import { watchPort } from '../../src/port/port-watch.js';
import { eventually } from '../support/eventually.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** A folder that stands for /dev, and a watch whose clock stands still: what wakes it is inotify alone. */
function watched(name: string, prepare: (dev: string) => void = () => {}) {
  const dev = mkdtempSync(join(tmpdir(), 'port-watch-'));
  onTestFinished(() => rmSync(dev, { recursive: true, force: true }));
  prepare(dev);
  const clock = new VirtualClock();
  const seen = { wakes: 0 };
  const roots = { sys: '/nonexistent', dev, proc: '/proc' };
  const address: PortAddress = join(dev, name);
  const stop = watchPort(address, () => seen.wakes++, { clock, roots });
  onTestFinished(stop);
  return { dev, clock, seen, stop };
}

/** Long enough for inotify to have told. */
const quiet = () => new Promise((resolve) => setTimeout(resolve, 50));
const inotifies = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes('inotify');
    } catch {
      return false;
    }
  }).length;

describe('watchPort', () => {
  it('wakes when the node appears, and not for other nodes', async () => {
    const { dev, seen } = watched('ttyUSB0');
    writeFileSync(join(dev, 'ttyUSB1'), '');
    await quiet();
    expect(seen.wakes).toBe(0);
    writeFileSync(join(dev, 'ttyUSB0'), '');
    await eventually(() => seen.wakes).toBe(1);
  });

  it('does not wake for what is there already, but when it comes back and when its permissions change', async () => {
    const { dev, seen } = watched('ttyUSB0', (folder) => writeFileSync(join(folder, 'ttyUSB0'), ''));
    await quiet();
    expect(seen.wakes).toBe(0);
    chmodSync(join(dev, 'ttyUSB0'), 0o660);
    await eventually(() => seen.wakes).toBe(1);
    rmSync(join(dev, 'ttyUSB0'));
    await quiet();
    writeFileSync(join(dev, 'ttyUSB0'), '');
    await eventually(() => seen.wakes).toBe(2);
  });

  it('follows folders that do not exist yet', async () => {
    const { dev, seen } = watched('serial/by-id/usb-Uno');
    mkdirSync(join(dev, 'serial'));
    await quiet();
    mkdirSync(join(dev, 'serial/by-id'));
    await quiet();
    writeFileSync(join(dev, 'ttyACM0'), '');
    symlinkSync('../../ttyACM0', join(dev, 'serial/by-id/usb-Uno'));
    await eventually(() => seen.wakes).toBe(1);
  });

  it('watches where a dangling link points to', async () => {
    const { dev, seen } = watched('garage', (folder) => symlinkSync(join(folder, 'pts/7'), join(folder, 'garage')));
    mkdirSync(join(dev, 'pts'));
    await quiet();
    writeFileSync(join(dev, 'pts/7'), '');
    await eventually(() => seen.wakes).toBe(1);
  });

  it('looks once a second besides, and survives the folder that it watches', async () => {
    const { dev, clock, seen } = watched('a/ttyUSB0', (folder) => mkdirSync(join(folder, 'a')));
    rmSync(join(dev, 'a'), { recursive: true });
    await clock.advance(1000);
    mkdirSync(join(dev, 'a'));
    writeFileSync(join(dev, 'a/ttyUSB0'), '');
    await clock.advance(1000);
    expect(seen.wakes).toBe(1);
  });

  it('wakes for a USB identity when its port is in sysfs and in /dev', async () => {
    const root = mkdtempSync(join(tmpdir(), 'port-watch-usb-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const roots = { sys: join(root, 'sys'), dev: join(root, 'dev'), proc: '/proc' };
    const device = join(roots.sys, 'devices/usb1/1-1');
    mkdirSync(join(device, 'tty/ttyUSB0'), { recursive: true });
    mkdirSync(join(roots.sys, 'class/tty'), { recursive: true });
    mkdirSync(roots.dev);
    writeFileSync(join(device, 'idVendor'), '1a86\n');
    writeFileSync(join(device, 'idProduct'), '7523\n');
    symlinkSync(device, join(device, 'tty/ttyUSB0/device'));
    symlinkSync(join(device, 'tty/ttyUSB0'), join(roots.sys, 'class/tty/ttyUSB0'));
    let wakes = 0;
    const address = { vendorId: '1a86', productId: '7523' };
    onTestFinished(watchPort(address, () => wakes++, { clock: new VirtualClock(), roots }));
    writeFileSync(join(roots.dev, 'ttyUSB0'), '');
    await eventually(() => wakes).toBe(1);
  });

  it('leaves nothing behind when stopped, and wakes nobody', async () => {
    const before = inotifies();
    for (let i = 0; i < 20; i++) {
      const { dev, clock, seen, stop } = watched('ttyUSB0');
      stop();
      stop();
      writeFileSync(join(dev, 'ttyUSB0'), '');
      await clock.advance(2000);
      expect(seen.wakes).toBe(0);
      expect(clock.timers).toBe(0);
    }
    await quiet();
    expect(inotifies()).toBeLessThanOrEqual(before + 1);
  });

  it('may be stopped from within its own call', async () => {
    const dev = mkdtempSync(join(tmpdir(), 'port-watch-'));
    onTestFinished(() => rmSync(dev, { recursive: true }));
    const clock = new VirtualClock();
    let wakes = 0;
    const stop = watchPort(
      join(dev, 'ttyUSB0'),
      () => {
        wakes++;
        stop();
      },
      { clock },
    );
    writeFileSync(join(dev, 'ttyUSB0'), '');
    await eventually(() => wakes).toBe(1);
    expect(clock.timers).toBe(0);
  });
});
