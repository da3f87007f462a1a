import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SerialPort } from 'serialport';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { BridgeError } from '../../src/error.js';
import { serialFault } from '../../src/port/serial-fault.js';
import { openSerialLine } from '../../src/port/serial-line-link.js';
import { createVirtualPort } from '../../src/port/virtual-port.js';
import { systemClock } from '../../src/system-clock.js';
import { Heard } from '../support/heard.js';

const folder = mkdtempSync(join(tmpdir(), 'serial-fault-'));
const file = join(folder, 'file');
writeFileSync(file, '');
afterAll(() => rmSync(folder, { recursive: true }));

/** What serialport itself says when it opens a path. */
function openingError(path: string, baudRate = 115200): Promise<Error | null> {
  return new Promise((resolve) => {
    const port = new SerialPort({ path, baudRate, autoOpen: false });
    port.open((error) => (error ? resolve(error) : port.close(() => resolve(null))));
  });
}

describe('serialFault', () => {
  it.each([
    ['/dev/nope', 'port/missing'],
    ['/dev/null', 'port/not-serial'],
    [folder, 'port/not-serial'],
    [file, 'port/not-serial'],
    [join(file, 'below'), 'port/not-serial'],
  ])('M8: opening %s is %s, though serialport gives no code', async (path, code) => {
    const error = await openingError(path);
    expect((error as NodeJS.ErrnoException).code).toBeUndefined();
    expect(serialFault(error, { path })).toMatchObject({ code, cause: error, hint: expect.any(String) });
  });

  it('knows a locked port, and the link names who holds it', async () => {
    const device = createVirtualPort();
    onTestFinished(() => device.close());
    const open = openSerialLine({ clock: systemClock() });
    const options = { port: device.path, baud: 9600 };
    const link = await open(options, new Heard(), new AbortController().signal);
    const error = await open(options, new Heard(), new AbortController().signal).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'port/locked', hint: expect.stringContaining(`(pid ${process.pid})`) });
    await link.close();
  });

  it.runIf(process.getuid?.() === 0)('knows a port without permission, as another user sees it', async () => {
    const device = createVirtualPort();
    onTestFinished(() => device.close());
    chmodSync(device.path, 0o600);
    const script = `const { SerialPort } = require('serialport');
      new SerialPort({ path: '${device.path}', baudRate: 9600, autoOpen: false }).open((e) => console.log(e && e.message));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
      uid: 65534,
      gid: 65534,
      cwd: process.cwd(),
    });
    const error = new Error(stdout.trim());
    expect(serialFault(error, { path: device.path })).toMatchObject({
      code: 'port/denied',
      hint: expect.stringContaining('usermod -aG dialout'),
    });
    expect(serialFault(error, { path: device.path, nodeAge: 300 }).code).toBe('port/settling');
    expect(serialFault(error, { path: device.path, nodeAge: 60_000 }).code).toBe('port/denied');
    expect(serialFault(error, { path: device.path, nodeAge: -1e12 }).code).toBe('port/denied');
  });

  it.each([
    ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'port/missing'],
    ['Error: Permission denied, cannot open /dev/ttyUSB0', 'port/denied'],
    ['Error: Device or resource busy, cannot open /dev/ttyUSB0', 'port/locked'],
    ['Error Resource temporarily unavailable Cannot lock port', 'port/locked'],
    ['Error: Inappropriate ioctl for device setting custom baud rate of 115200', 'port/not-serial'],
    ['Error: Invalid argument setting custom baud rate of 7', 'port/baud'],
    ['Error baud rate of 12345 is not supported on your platform', 'port/baud'],
    ['EIO: i/o error, write', 'port/gone'],
    ['Error: Input/output error, cannot open /dev/ttyS4', 'port/gone'],
    ['ENXIO: no such device or address, read', 'port/gone'],
    ['Error: No such device, cannot open /dev/ttyACM0', 'port/gone'],
    ['EBADF: bad file descriptor, read', 'port/gone'],
    ['bad file descriptor', 'port/gone'],
    ['disconnected', 'port/gone'],
    ['something new', 'port/unknown'],
  ])('%s → %s', (text, code) => {
    const error = new Error(text);
    const fault = serialFault(error, { path: '/dev/ttyUSB0' });
    expect(fault).toMatchObject({ code, cause: error });
    expect(fault.hint ?? '').not.toMatch(/chmod/);
  });

  it('keeps a BridgeError as it is, and the text of what it does not know', () => {
    const known = new BridgeError('port/stalled', 'stuck');
    expect(serialFault(known, { path: '/dev/x' })).toBe(known);
    expect(serialFault('odd\x1b[2J', { path: '/dev/x' }).message).toBe('/dev/x: odd\\x1b[2J');
  });
});
