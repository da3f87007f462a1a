import { createRequire } from 'node:module';

const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
const libc = koffi.load(null);
const socket = libc.func('int socket(int domain, int type, int protocol)');
const bind = libc.func('int bind(int fd, uint8_t *address, uint32_t size)');
const recv = libc.func('intptr_t recv(int fd, _Out_ uint8_t *buffer, size_t size, int flags)');
const close = libc.func('int close(int fd)');

const AF_UNIX = 1;
const SOCK_DGRAM_NONBLOCK = 2 | 0o4000;

/** The end of a service manager: a datagram socket that messages come to. */
export class NotifyReceiver {
  private readonly fd: number;
  private readonly all: string[] = [];

  /** `path` begins with `/`, or with `@` for a name outside of the file system. */
  constructor(readonly path: string) {
    this.fd = socket(AF_UNIX, SOCK_DGRAM_NONBLOCK, 0);
    const name = Buffer.from(path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`);
    const address = Buffer.concat([Buffer.from([AF_UNIX, 0]), name]);
    if (bind(this.fd, address, address.length) !== 0) throw new Error(`can't listen at ${path}`);
  }

  /** Every message so far. */
  get messages(): readonly string[] {
    const buffer = Buffer.alloc(4096);
    for (;;) {
      const length = Number(recv(this.fd, buffer, buffer.length, 0));
      if (length < 0) return this.all;
      this.all.push(buffer.toString('utf8', 0, length));
    }
  }

  close(): void {
    close(this.fd);
  }
}
