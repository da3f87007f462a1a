import { closeSync, constants, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { BridgeError } from '../error.js';

/** linux/tty ioctl numbers, asm-generic/ioctls.h. */
const TIOCSPTLCK = 0x40045431;
const TIOCGPTN = 0x80045430;
const TCSANOW = 0;
/** More than any struct termios takes. */
const TERMIOS_BYTES = 256;

/** Both ends of a new pseudo terminal. Who opened it closes both descriptors. */
export interface Pty {
  readonly master: number;
  /** Held open, because a master whose last slave closes reads EIO from then on. */
  readonly slave: number;
  /** The node that others open, `/dev/pts/N`. */
  readonly path: string;
}

interface Libc {
  ioctl(fd: number, request: number, type: string, value: number[]): number;
  tcgetattr(fd: number, termios: Buffer): number;
  cfmakeraw(termios: Buffer): void;
  tcsetattr(fd: number, when: number, termios: Buffer): number;
}

/** Opens a pseudo terminal in raw mode, without echo. A blocking master is for handing to another program. Throws `port/virtual`. */
export function openPty(options: { blocking?: boolean } = {}): Pty {
  const opened: number[] = [];
  const open = (path: string, flags: number) => {
    const fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | flags);
    opened.push(fd);
    return fd;
  };
  try {
    const libc = loadLibc();
    const master = open('/dev/ptmx', options.blocking ? 0 : constants.O_NONBLOCK);
    check('unlock', libc.ioctl(master, TIOCSPTLCK, 'int *', [0]));
    const number = [-1];
    check('number', libc.ioctl(master, TIOCGPTN, '_Out_ int *', number));
    const path = `/dev/pts/${number[0]}`;
    const slave = open(path, constants.O_NONBLOCK);
    const termios = Buffer.alloc(TERMIOS_BYTES);
    check('tcgetattr', libc.tcgetattr(slave, termios));
    libc.cfmakeraw(termios);
    check('tcsetattr', libc.tcsetattr(slave, TCSANOW, termios));
    return { master, slave, path };
  } catch (cause) {
    for (const fd of opened) closeSync(fd);
    throw new BridgeError('port/virtual', 'cannot make a virtual serial port', {
      hint: 'needs Linux with /dev/ptmx and /dev/pts mounted, and the package koffi installed for this machine',
      cause,
    });
  }
}

/** The native library is loaded only where a virtual port is wanted: the bridge runs without it. */
function loadLibc(): Libc {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  const self = koffi.load(null);
  return {
    ioctl: self.func('int ioctl(int fd, unsigned long request, ...)') as Libc['ioctl'],
    tcgetattr: self.func('int tcgetattr(int fd, _Inout_ uint8_t *termios)') as Libc['tcgetattr'],
    cfmakeraw: self.func('void cfmakeraw(_Inout_ uint8_t *termios)') as Libc['cfmakeraw'],
    tcsetattr: self.func('int tcsetattr(int fd, int when, uint8_t *termios)') as Libc['tcsetattr'],
  };
}

function check(what: string, result: number): void {
  if (result !== 0) throw new Error(`${what} failed`);
}
