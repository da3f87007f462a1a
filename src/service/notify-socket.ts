import { createRequire } from 'node:module';
import { BridgeError } from '../error.js';
import { printable } from '../text.js';

// linux/socket.h and asm-generic/fcntl.h
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** Bytes of the longest address (sun_path of unix(7)); a path has a zero at its end besides. */
const MAX_ADDRESS = 107;

interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  sendto(fd: number, text: Buffer, length: number, flags: number, address: Buffer, size: number): number;
  close(fd: number): number;
  errno(): number;
}

/** Tells the service manager something; throws `service/notify` where it does not take it. */
export type Notify = (lines: readonly string[]) => void;

/**
 * The way to the service manager that started us, as sd_notify(3) describes it: one datagram a message. Node.js has no such
 * sockets. The system's own calls are preferred to the program `systemd-notify`, because each message comes from our own
 * process then: nothing is forked, and `NotifyAccess=main` suffices. Throws `service/socket`.
 */
export function notifySocket(path: string): Notify {
  const address = addressOf(path);
  const libc = loadLibc();
  return (lines) => {
    const text = Buffer.from(lines.join('\n'));
    const fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const sent = fd < 0 ? -1 : libc.sendto(fd, text, text.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, address.length);
    const errno = libc.errno();
    if (fd >= 0) libc.close(fd);
    if (sent !== text.length) {
      throw new BridgeError('service/notify', `the service manager takes no message (error ${errno} of the system)`);
    }
  };
}

/** struct sockaddr_un; a name that begins with `@` stands for one outside of the file system, which begins with a zero. */
function addressOf(path: string): Buffer {
  const name = Buffer.from(path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`);
  if (!/^[/@]/.test(path) || name.length > MAX_ADDRESS + 1) {
    throw new BridgeError('service/socket', `NOTIFY_SOCKET is no address of a socket: ${printable(path)}`);
  }
  return Buffer.concat([Buffer.from(new Uint16Array([AF_UNIX]).buffer), name]);
}

function loadLibc(): Libc {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  const self = koffi.load(null);
  return {
    socket: self.func('int socket(int domain, int type, int protocol)') as Libc['socket'],
    sendto: self.func(
      'intptr_t sendto(int fd, uint8_t *text, size_t length, int flags, uint8_t *address, uint32_t size)',
    ) as Libc['sendto'],
    close: self.func('int close(int fd)') as Libc['close'],
    errno: () => koffi.errno(),
  };
}
