import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { KernelFiles } from '../../src/port/kernel-files.js';
import { outcome } from '../support/driver-bench.js';
import { settle, VirtualClock } from '../support/virtual-clock.js';

const folder = mkdtempSync(join(tmpdir(), 'kernel-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const forever = new AbortController().signal;

/** A file whose reader hangs, as in a driver that waits for hardware, until `release`. */
function hanging(name: string): { path: string; release(): void } {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  const open = () => closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
  // Again and again: on a busy machine its reader may only be about to hang.
  const release = () => {
    const timer = setInterval(open, 5);
    onTestFinished(() => clearInterval(timer));
    open();
  };
  return { path, release };
}

describe('a file of the kernel', () => {
  it('is read whole', async () => {
    const read = new KernelFiles(new VirtualClock()).reader();
    const path = join(folder, 'temperature');
    writeFileSync(path, '23125\n');
    expect(await read(path, forever)).toBe('23125\n');
    expect(await read('/proc/sys/kernel/ostype', forever)).toBe('Linux\n');
  });

  it.each([
    ['that is not there', '/sys/none', 'file/missing'],
    ['below something that is no folder', '/proc/version/none', 'file/missing'],
    ['that can only be written', '/sys/bus/platform/uevent', 'file/denied'],
    ['whose reading fails', '/proc/self/mem', 'file/failed'],
    ['without an end', '/dev/zero', 'file/too-large'],
  ])('%j has its own code', async (_what, path, code) => {
    expect(await outcome(new KernelFiles(new VirtualClock()).reader()(path, forever))).toBe(code);
  });

  it('has five seconds, and takes nobody’s turn who is quicker', async () => {
    const clock = new VirtualClock();
    const files = new KernelFiles(clock);
    const [slow, other] = [files.reader(), files.reader()];
    const { path, release } = hanging('hangs');
    const late = outcome(slow(path, forever));
    const behind = outcome(slow('/proc/version', forever));
    expect(await other('/proc/sys/kernel/ostype', forever)).toBe('Linux\n');
    await clock.advance(4_999);
    expect(clock.timers).toBe(2);
    await clock.advance(1);
    expect([await late, await behind]).toEqual(['file/timeout', 'file/timeout']);
    expect(clock.timers).toBe(0);
    release();
    expect(await slow('/proc/sys/kernel/ostype', forever)).toBe('Linux\n');
  });

  it('is never read by more than two devices at a time, whatever hangs', async () => {
    const clock = new VirtualClock();
    const files = new KernelFiles(clock);
    const hung = [hanging('first'), hanging('second')];
    const waiting = hung.map(({ path }) => outcome(files.reader()(path, forever)));
    const third = files.reader();
    const behind = outcome(third('/proc/version', forever));
    await clock.advance(5_000);
    expect(await Promise.all([...waiting, behind])).toEqual(['file/timeout', 'file/timeout', 'file/timeout']);
    const next = third('/proc/sys/kernel/ostype', forever);
    hung[0]?.release();
    expect(await next).toBe('Linux\n');
    hung[1]?.release();
  });

  it('is given up when the session ends', async () => {
    const clock = new VirtualClock();
    const read = new KernelFiles(clock).reader();
    const { path, release } = hanging('abandoned');
    const session = new AbortController();
    const ended = read(path, session.signal).catch((error: unknown) => error);
    await settle();
    session.abort('over');
    expect(await ended).toBe('over');
    expect(await read('/proc/version', session.signal).catch((error: unknown) => error)).toBe('over');
    expect(clock.timers).toBe(0);
    release();
  });

  it('refuses what would wait too long', async () => {
    const clock = new VirtualClock();
    const read = new KernelFiles(clock).reader();
    const { path, release } = hanging('crowd');
    const crowd = Array.from({ length: 66 }, () => outcome(read(path, forever)));
    expect(await crowd.at(-1)).toBe('file/busy');
    await clock.advance(5_000);
    expect(new Set(await Promise.all(crowd))).toEqual(new Set(['file/timeout', 'file/busy']));
    release();
  });
});
