import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { SerialPort } from 'serialport';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../../src/log.js';
import type { LineOptions } from '../../src/port/line-link.js';
import { openSerialLine, type SerialLineDeps } from '../../src/port/serial-line-link.js';
import { directBinding, type SerialBinding } from '../../src/port/serial-line-link-binding.js';
import { createVirtualPort } from '../../src/port/virtual-port.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { Heard } from '../support/heard.js';
import { settle, VirtualClock } from '../support/virtual-clock.js';

const NEVER = new AbortController().signal;
const descriptors = () => readdirSync('/proc/self/fd').length;

function device() {
  const port = createVirtualPort();
  const parts: Buffer[] = [];
  port.onData((bytes) => parts.push(bytes));
  onTestFinished(() => port.close());
  return { port, received: () => Buffer.concat(parts).toString() };
}

async function opened(path: string, options: Partial<LineOptions> = {}, deps: Partial<SerialLineDeps> = {}) {
  const heard = new Heard();
  const open = openSerialLine({ clock: systemClock(), ...deps });
  const link = await open({ port: path, baud: 115200, ...options }, heard, NEVER);
  onTestFinished(() => link.close());
  return { link, heard, open };
}

type OpenOptions = Parameters<SerialBinding['open']>[0];
type Open = (options: OpenOptions) => Promise<Awaited<ReturnType<SerialBinding['open']>>>;
const realBinding = directBinding(systemClock());
const realOpen = realBinding.open as Open;

/** The real binding, with something else in place of `open`. */
function bindingThat(open: Open): SerialBinding {
  return Object.assign(Object.create(realBinding), { open });
}

describe('what serialport does, and what the link makes of it', () => {
  it('M1: a bare port sends on the next open what was written while it was closed; a link refuses it', async () => {
    const { port, received } = device();
    const bare = new SerialPort({ path: port.path, baudRate: 9600, autoOpen: false });
    bare.write('RELAY ON\n');
    await new Promise((resolve) => bare.open(resolve));
    await eventually(received).toBe('RELAY ON\n');
    await new Promise((resolve) => bare.close(resolve));

    const { link, open } = await opened(port.path);
    await link.close();
    await expect(link.write('PUMP ON')).rejects.toMatchObject({ code: 'port/closed' });
    const next = await open({ port: port.path, baud: 9600 }, new Heard(), NEVER);
    await next.write('mark');
    await eventually(received).toBe('RELAY ON\nmark\n');
    await next.close();
  });

  it('M6: a hangup of an idle line is noticed at once', async () => {
    const { port } = device();
    const { link } = await opened(port.path);
    const before = performance.now();
    port.close();
    expect(await link.ended).toMatchObject({ reason: 'disconnected' });
    expect(performance.now() - before).toBeLessThan(500);
  });

  it('M7: closing with a write that is stuck ends the link once, in time, without a stray error', async () => {
    const { port } = device();
    port.pause();
    const { link } = await opened(port.path);
    const short = () => new Promise<'stuck'>((resolve) => setTimeout(resolve, 100, 'stuck'));
    let write: Promise<void>;
    do write = link.write('x'.repeat(4000));
    while ((await Promise.race([write, short()])) !== 'stuck');
    const refused = expect(write).rejects.toMatchObject({ code: 'port/closed' });
    const before = performance.now();
    await link.close();
    expect(performance.now() - before).toBeLessThan(1100);
    expect(await link.ended).toEqual({ reason: 'closed' });
    await refused;
    port.resume();
    const again = await opened(port.path);
    await again.link.close();
  });

  it('M9: opens again at once after close, many times, and gives back every descriptor', async () => {
    const { port } = device();
    const { link, open } = await opened(port.path);
    await link.close();
    const before = descriptors();
    for (let i = 0; i < 30; i++) {
      const next = await open({ port: port.path, baud: 115200 }, new Heard(), NEVER);
      if (i % 2) await next.close();
      else void next.close();
    }
    await eventually(descriptors).toBe(before);
  });

  it('M10: modem lines that cannot be set are a warning, and the link lives', async () => {
    const { port, received } = device();
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (fields: object) => warnings.push(JSON.stringify(fields)) };
    const { link } = await opened(port.path, { dtr: false }, { log });
    expect(warnings).toEqual([expect.stringContaining('Inappropriate ioctl')]);
    await link.write('on');
    await eventually(received).toBe('on\n');
  });

  it('M10: both modem lines are told, because set() gives the others their default', async () => {
    const { port } = device();
    const set: unknown[] = [];
    const binding = bindingThat(async (options: OpenOptions) => {
      const bound = await realOpen(options);
      bound.set = async (lines: unknown) => void set.push(lines);
      return bound;
    });
    await (await opened(port.path, { rts: false }, { binding })).link.close();
    await (await opened(port.path, {}, { binding })).link.close();
    expect(set).toEqual([expect.objectContaining({ dtr: true, rts: false })]);
  });

  it.each(['hupcl', '-hupcl'])('M15: %s stays as it was', async (flag) => {
    const { port } = device();
    const fd = openSync(port.path, constants.O_RDWR | constants.O_NOCTTY);
    execFileSync('stty', ['-F', port.path, flag]);
    const { link } = await opened(port.path);
    const modes = execFileSync('stty', ['-F', port.path, '-a'], { encoding: 'utf8' });
    await link.close();
    closeSync(fd);
    expect(modes.split(/[\s;]+/)).toContain(flag);
  });
});

describe('openSerialLine', () => {
  it('follows the address anew before each opening', async () => {
    const one = device();
    const two = device();
    const nodes = [one.port.path, two.port.path];
    const open = openSerialLine({ clock: systemClock(), resolve: () => nodes.shift() ?? '' });
    const address = { vendorId: '1a86', productId: '7523' };
    for (const { port } of [one, two]) {
      const link = await open({ port: address, baud: 9600 }, new Heard(), NEVER);
      expect(link.path).toBe(port.path);
      await link.close();
    }
  });

  it('gives up after 5 s, closes what opens later, and lets the next opening wait for that', async () => {
    const { port, received } = device();
    const clock = new VirtualClock();
    const slow: (() => void)[] = [];
    let opens = 0;
    const binding = bindingThat(async (options: OpenOptions) => {
      opens++;
      if (opens === 1) await new Promise<void>((resolve) => slow.push(resolve));
      return realOpen(options);
    });
    const open = openSerialLine({ clock, binding });
    const options = { port: port.path, baud: 9600 };
    const first = open(options, new Heard(), NEVER).catch((error: unknown) => error);
    await clock.advance(5000);
    expect(await first).toMatchObject({ code: 'port/timeout' });
    const second = open(options, new Heard(), NEVER);
    await settle();
    expect(opens).toBe(1);
    slow[0]?.();
    const link = await second;
    expect(opens).toBe(2);
    await link.write('mark');
    await eventually(received).toBe('mark\n');
    await link.close();
    expect(clock.timers).toBe(0);
  });

  it('is done with a port that does not close after 1 s', async () => {
    const { port } = device();
    const clock = new VirtualClock();
    const finish: (() => void)[] = [];
    const binding = bindingThat(async (options: OpenOptions) => {
      const bound = await realOpen(options);
      const close = bound.close.bind(bound);
      bound.close = async () => {
        await new Promise<void>((resolve) => finish.push(resolve));
        await close();
      };
      return bound;
    });
    const { link } = await opened(port.path, {}, { clock, binding });
    let closed = false;
    const closing = link.close().then(() => {
      closed = true;
    });
    await clock.advance(999);
    expect(closed).toBe(false);
    await clock.advance(1);
    await closing;
    expect(await link.ended).toEqual({ reason: 'closed' });
    for (const done of finish) done();
  });

  it('says an invalid baud rate in its own words', async () => {
    const { port } = device();
    await expect(opened(port.path, { baud: Number.NaN })).rejects.toMatchObject({ code: 'port/baud' });
  });

  it('keeps up with a flood: 200 000 lines, none lost, none changed', async () => {
    const { port } = device();
    let lines = 0;
    let wrong = 0;
    const open = openSerialLine({ clock: systemClock() });
    const handlers = {
      line: (text: string) => {
        if (text !== `n=${lines}`) wrong++;
        lines++;
      },
      defect: () => wrong++,
    };
    const link = await open({ port: port.path, baud: 115200 }, handlers, NEVER);
    port.send('\n');
    for (let n = 0; n < 200_000; ) {
      const block = Array.from({ length: 1000 }, (_, i) => `n=${n + i}\r\n`).join('');
      if (port.send(block)) n += 1000;
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await eventually(() => lines).toBe(200_000);
    expect(wrong).toBe(0);
    await link.close();
  });
});
