import { read } from 'node:fs';
import { promisify } from 'node:util';
import { SerialPort } from 'serialport';

/** What opens a port for serialport's stream. */
export type SerialBinding = typeof SerialPort.binding;
type BoundPort = Awaited<ReturnType<SerialBinding['open']>>;
type UnixPort = Extract<BoundPort, { poller: unknown }>;

const readAsync = promisify(read);

/**
 * The platform's binding with a reader that notices a hangup. serialport's own unix reader takes a read of zero bytes for
 * "try again" and spins for ever when the device vanishes while it sends; here it is the end of the port.
 */
export const hangupBinding: SerialBinding = Object.assign(Object.create(SerialPort.binding), {
  async open(options: Parameters<SerialBinding['open']>[0]) {
    const port: BoundPort = await (SerialPort.binding.open as (o: typeof options) => Promise<BoundPort>)(options);
    if (isUnix(port)) port.read = (buffer, offset, length) => readOrHangUp(port, buffer, offset, length);
    return port;
  },
});

function isUnix(port: BoundPort): port is UnixPort {
  return 'poller' in port && 'fd' in port;
}

async function readOrHangUp(port: UnixPort, buffer: Buffer, offset: number, length: number) {
  while (port.isOpen && port.fd !== null) {
    try {
      const { bytesRead } = await readAsync(port.fd, buffer, offset, length, null);
      if (bytesRead === 0) throw new Error('hangup: end of file');
      return { bytesRead, buffer };
    } catch (error) {
      if (!isTryAgain(error)) throw error;
    }
    if (port.isOpen) await readable(port);
  }
  // The stream takes this flag for our own closing, not for a disconnect.
  throw Object.assign(new Error('Port is not open'), { canceled: true });
}

function isTryAgain(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EINTR';
}

/** Resolves when the system has bytes or a hangup to tell; rejects when the port is closed meanwhile. */
function readable(port: UnixPort): Promise<void> {
  return new Promise((resolve, reject) => {
    port.poller.once('readable', (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
