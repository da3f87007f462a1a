import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createVirtualPort, type VirtualPort } from '../../src/port/virtual-port.js';
import { eventually } from '../support/eventually.js';

const openPorts: VirtualPort[] = [];
function virtualPort(options: { link?: string } = {}): VirtualPort {
  const port = createVirtualPort(options);
  openPorts.push(port);
  return port;
}
afterEach(() => {
  for (const port of openPorts.splice(0)) port.close();
});

const FLAGS = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
const descriptors = () => readdirSync('/proc/self/fd').length;

/** Reads from a non-blocking descriptor until `bytes` came, then returns all of them. */
async function readAll(fd: number, bytes: number): Promise<Buffer> {
  const all = Buffer.alloc(bytes);
  for (let got = 0; got < bytes; ) {
    try {
      got += readSync(fd, all, got, bytes - got, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  return all;
}

describe('createVirtualPort', () => {
  it('passes bytes unchanged both ways, control characters included', async () => {
    const port = virtualPort();
    const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const heard = new Promise<Buffer>((resolve) => {
      const parts: Buffer[] = [];
      port.onData((bytes) => {
        parts.push(bytes);
        if (Buffer.concat(parts).length >= every.length) resolve(Buffer.concat(parts));
      });
    });
    const fd = openSync(port.path, FLAGS);
    writeSync(fd, every);
    expect(await heard).toEqual(every);
    port.send(every);
    expect(await readAll(fd, every.length)).toEqual(every);
    closeSync(fd);
  });

  it('survives its peer leaving and coming back', async () => {
    const port = virtualPort();
    port.onData(() => {});
    closeSync(openSync(port.path, FLAGS));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const fd = openSync(port.path, FLAGS);
    expect(port.send('back\n')).toBe(true);
    expect((await readAll(fd, 5)).toString()).toBe('back\n');
    closeSync(fd);
  });

  it('does not block or lose bytes when the peer is slow, and refuses what is above 1 MiB', async () => {
    const port = virtualPort();
    const fd = openSync(port.path, FLAGS);
    const block = Buffer.alloc(64 * 1024, 'abcdefgh');
    let taken = 0;
    const before = performance.now();
    while (port.send(block)) taken += block.length;
    expect(performance.now() - before).toBeLessThan(1000);
    expect(taken).toBeGreaterThanOrEqual(1024 * 1024 - block.length);
    expect(taken).toBeLessThan(1024 * 1024 + 256 * 1024);
    expect(port.dropped).toBe(block.length);
    expect((await readAll(fd, taken)).equals(Buffer.alloc(taken, 'abcdefgh'))).toBe(true);
    closeSync(fd);
  });

  it('lets the peer fill up while paused, and gives it all after resume', async () => {
    const port = virtualPort();
    let heard = 0;
    port.onData((bytes) => {
      heard += bytes.length;
    });
    port.pause();
    const fd = openSync(port.path, FLAGS);
    let sent = 0;
    expect(() => {
      for (;;) sent += writeSync(fd, Buffer.alloc(1024, 'x'));
    }).toThrow('EAGAIN');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toBe(0);
    port.resume();
    await eventually(() => heard).toBe(sent);
    closeSync(fd);
  });

  it('hangs up at once when closed, and gives back every descriptor', () => {
    virtualPort().close();
    const before = descriptors();
    for (let i = 0; i < 20; i++) {
      const port = virtualPort();
      const fd = openSync(port.path, FLAGS);
      port.close();
      port.close();
      expect(readSync(fd, Buffer.alloc(1))).toBe(0);
      expect(port.send('late')).toBe(false);
      closeSync(fd);
    }
    expect(descriptors()).toBe(before);
  });

  it('is a raw terminal without echo', () => {
    const modes = execFileSync('stty', ['-F', virtualPort().path, '-a'], { encoding: 'utf8' });
    for (const mode of ['-icanon', '-echo', '-isig', '-ixon', '-opost', '-icrnl']) expect(modes).toContain(mode);
  });

  it('keeps a link to itself for as long as it is open', () => {
    const folder = mkdtempSync(join(tmpdir(), 'virtual-port-'));
    const link = join(folder, 'board');
    symlinkSync('/dev/pts/99999', link);
    const port = virtualPort({ link });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    closeSync(openSync(link, FLAGS));
    port.close();
    expect(lstatSync(link, { throwIfNoEntry: false })).toBeUndefined();
    rmSync(folder, { recursive: true });
  });

  it('refuses a link where a file is, with a hint, and leaks nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'virtual-port-'));
    const link = join(folder, 'board');
    writeFileSync(link, 'mine');
    const before = descriptors();
    expect(() => createVirtualPort({ link })).toThrow(
      expect.objectContaining({ code: 'port/virtual', hint: expect.stringContaining('path') }),
    );
    expect(descriptors()).toBe(before);
    rmSync(folder, { recursive: true });
  });
});
