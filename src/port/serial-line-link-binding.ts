import { readSync, writeSync } from 'node:fs';
import { SerialPort } from 'serialport';
import { type Clock, sleep } from '../clock.js';
import { ReadPace } from './read-pace.js';

/** What opens a port for serialport's stream. */
export type SerialBinding = typeof SerialPort.binding;
type BoundPort = Awaited<ReturnType<SerialBinding['open']>>;
type UnixPort = Extract<BoundPort, { poller: unknown }>;

/** A terminal gives 4 KiB at a time (N_TTY_BUF_SIZE), so there may be more only after nearly that many. */
const TERMINAL_BYTES = 4000;
/** How often a write is tried again while the system has no room for it. */
const RETRY_MS = 2;

/**
 * The platform's binding with a reader that notices a hangup. serialport's own unix reader takes a read of zero bytes for
 * "try again" and spins for ever when the device vanishes while it sends; here it is the end of the port.
 *
 * Both directions use the descriptor at once: it does not block, and a detour over the thread pool costs more than the
 * transfer itself.
 */
export function directBinding(clock: Clock): SerialBinding {
  return Object.assign(Object.create(SerialPort.binding), {
    async open(options: Parameters<SerialBinding['open']>[0]) {
      const port: BoundPort = await (SerialPort.binding.open as (o: typeof options) => Promise<BoundPort>)(options);
      if (!isUnix(port)) return port;
      const pace = new ReadPace(clock);
      let pause = 0;
      port.read = async (buffer, offset, length) => {
        if (pause > 0) await sleep(clock, pause);
        const bytesRead = await readOrHangUp(port, buffer, offset, length);
        pause = pace.pauseAfter(bytesRead);
        return { bytesRead, buffer };
      };
      port.write = (buffer) => writeAll(port, buffer, clock);
      return port;
    },
  });
}

function isUnix(port: BoundPort): port is UnixPort {
  return 'poller' in port && 'fd' in port;
}

/** Waits for bytes even where some wait already, so that a flood leaves everybody else their turn. */
async function readOrHangUp(port: UnixPort, buffer: Buffer, offset: number, length: number): Promise<number> {
  for (;;) {
    descriptor(port);
    await readable(port);
    const taken = readAll(descriptor(port), buffer.subarray(offset, offset + length));
    if (taken > 0) return taken;
  }
}

/** Bytes read now, 0 where there are none. A hangup is thrown once everything before it has been read. */
function readAll(fd: number, room: Buffer): number {
  let taken = 0;
  while (taken < room.length) {
    try {
      const bytes = unlessBusy(() => readSync(fd, room, taken, room.length - taken, null));
      if (bytes === 0) throw new Error('hangup: end of file');
      taken += bytes ?? 0;
      if (bytes === undefined || bytes < TERMINAL_BYTES) break;
    } catch (error) {
      if (taken === 0) throw error;
      break;
    }
  }
  return taken;
}

/** Tries again by the clock: serialport's poller forgets who waits to read when somebody waits to write, and the other way round. */
async function writeAll(port: UnixPort, buffer: Buffer, clock: Clock): Promise<void> {
  for (let written = 0; written < buffer.length; ) {
    const taken = unlessBusy(() => writeSync(descriptor(port), buffer, written));
    if (taken === undefined) await sleep(clock, RETRY_MS);
    else written += taken;
  }
}

function descriptor(port: UnixPort): number {
  if (port.isOpen && port.fd !== null) return port.fd;
  // The stream takes this flag for our own closing, not for a disconnect.
  throw Object.assign(new Error('Port is not open'), { canceled: true });
}

/** What `transfer` returns; undefined where the system has nothing to give or no room just now. */
function unlessBusy(transfer: () => number): number | undefined {
  try {
    return transfer();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EINTR') return undefined;
    throw error;
  }
}

/** Resolves when the system has bytes or a hangup to tell; rejects when the port is closed meanwhile. */
function readable(port: UnixPort): Promise<void> {
  return new Promise((resolve, reject) => {
    port.poller.once('readable', (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
