import { closeSync, constants, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { BridgeError } from '../error.js';

/** What the character device needs of the kernel; tests put one of their own here. Errors have the kernel's word as `code`. */
export interface ChipKernel {
  /** Opens a chip for reading and writing. */
  open(path: string): number;
  /** Calls ioctl; the kernel reads and writes `data`. */
  ioctl(fd: number, request: number, data: Buffer): void;
  /** Makes reads return at once. */
  unblock(fd: number): void;
  /** Reads what waits; 0: nothing does. */
  read(fd: number, data: Buffer): number;
  /** Calls `ready` while something waits to be read, and `gone` once when nothing ever will; the returned function ends that. */
  watch(fd: number, ready: () => void, gone: () => void): () => void;
  close(fd: number): void;
}

/** fcntl.h */
const F_SETFL = 4;

/** The running kernel, over libc. The native library is loaded by the first call. Throws `pin/native`. */
export function systemKernel(): ChipKernel {
  const koffi = loadKoffi();
  const libc = koffi.load(null);
  const ioctl = libc.func('int ioctl(int fd, unsigned long request, ...)');
  const fcntl = libc.func('int fcntl(int fd, int command, ...)');
  const names = new Map(Object.entries(koffi.os.errno).map(([name, number]) => [number, name]));
  const check = (what: string, result: number) => {
    if (result >= 0) return;
    const code = names.get(koffi.errno()) ?? String(koffi.errno());
    throw Object.assign(new Error(`${what}: ${code}`), { code });
  };
  return {
    open: (path) => openSync(path, constants.O_RDWR),
    ioctl: (fd, request, data) => check('ioctl', ioctl(fd, request, 'void *', data)),
    unblock: (fd) => check('fcntl', fcntl(fd, F_SETFL, 'int', constants.O_NONBLOCK)),
    read: (fd, data) => readWaiting(fd, data),
    watch: (fd, ready, gone) => watch(koffi, fd, ready, gone),
    close: (fd) => closeSync(fd),
  };
}

function loadKoffi(): typeof import('koffi') {
  try {
    return createRequire(import.meta.url)('koffi') as typeof import('koffi');
  } catch (cause) {
    throw new BridgeError('pin/native', 'the package koffi has no native code for this machine', {
      hint: '`sudo apt install cmake make g++`, then `npm rebuild koffi`',
      cause,
    });
  }
}

function readWaiting(fd: number, data: Buffer): number {
  try {
    return readSync(fd, data);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}

/** A handle of the event loop itself: no thread waits for a pin, and none keeps the process from ending. */
function watch(koffi: typeof import('koffi'), fd: number, ready: () => void, gone: () => void): () => void {
  let open = true;
  const handle = koffi.node.poll(fd, { readable: true, disconnect: true }, ((status: number) => {
    if (!open) return;
    if (status < 0) end(gone);
    else ready();
  }) as never);
  const end = (then?: () => void) => {
    if (!open) return;
    open = false;
    handle.close();
    then?.();
  };
  return () => end();
}
