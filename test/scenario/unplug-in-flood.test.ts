import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readdirSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LinkEnd } from '../../src/port/line-link.js';
import { openSerialLine } from '../../src/port/serial-line-link.js';
import { createVirtualPort } from '../../src/port/virtual-port.js';
import { openPty } from '../../src/port/virtual-port-pty.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';

const TIMES = 50;
const never = new AbortController().signal;
const descriptors = () => readdirSync('/proc/self/fd').length;
const LINE = 'temp=21.50 hum=40.25 pump=1';

/** Opens a port and counts its lines. */
async function listen(port: string) {
  const count = { lines: 0 };
  const handlers = { line: () => count.lines++, defect: () => {} };
  const link = await openSerialLine({ clock: systemClock() })({ port, baud: 115200 }, handlers, never);
  return { link, count };
}

/** How the link ended, or that it did not within 5 s. */
function noticed(ended: Promise<LinkEnd>): Promise<string> {
  const missed = new Promise<string>((resolve) => setTimeout(resolve, 5000, 'not noticed'));
  return Promise.race([ended.then((end) => end.reason as string), missed]);
}

/** CPU milliseconds that this process takes while it has nothing to do for 300 ms. */
async function idleCpu(): Promise<number> {
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

it('an open port takes no CPU while its device is silent', async () => {
  const device = createVirtualPort();
  const { link } = await listen(device.path);
  expect(await idleCpu()).toBeLessThan(150);
  await link.close();
  device.close();
});

describe('a device that vanishes while it sends at full speed', () => {
  it(`is noticed ${TIMES} times of ${TIMES} when the cable is pulled, and leaves nothing behind`, async () => {
    const before = descriptors();
    const reasons: string[] = [];
    for (let i = 0; i < TIMES; i++) {
      const device = createVirtualPort();
      const { link, count } = await listen(device.path);
      const block = Buffer.from(`${LINE}\n`.repeat(2000));
      const until = 1000 + 200 * (i % 5);
      while (count.lines < until) {
        device.send(block);
        await new Promise((resolve) => setImmediate(resolve));
      }
      device.close();
      reasons.push(await noticed(link.ended));
      await link.close();
    }
    expect(reasons.filter((reason) => reason !== 'disconnected')).toEqual([]);
    expect(await idleCpu()).toBeLessThan(150);
    expect(descriptors()).toBeLessThanOrEqual(before + 2);
  });

  it(`is noticed ${TIMES} times of ${TIMES} when its program is killed, and leaves nothing behind`, async () => {
    const before = descriptors();
    const reasons: string[] = [];
    for (let i = 0; i < TIMES; i++) {
      const pty = openPty({ blocking: true });
      const { link, count } = await listen(pty.path);
      const sender = spawn('yes', [LINE], { stdio: ['ignore', pty.master, 'ignore'] });
      onTestFinished(() => void sender.kill('SIGKILL'));
      closeSync(pty.master);
      closeSync(pty.slave);
      await eventually(() => count.lines).toBeGreaterThan(100 * (1 + (i % 5)));
      sender.kill('SIGKILL');
      reasons.push(await noticed(link.ended));
      await Promise.all([link.close(), sender.exitCode ?? sender.signalCode ?? once(sender, 'exit')]);
    }
    expect(reasons.filter((reason) => reason !== 'disconnected')).toEqual([]);
    expect(await idleCpu()).toBeLessThan(150);
    expect(descriptors()).toBeLessThanOrEqual(before + 2);
  });
});
