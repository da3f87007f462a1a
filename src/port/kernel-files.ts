import { open } from 'node:fs/promises';
import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import { printable } from '../text.js';
import { Turns } from './turns.js';

/** Reads a small text file; rejects with a `file/…` code, or with the signal's reason as soon as that aborts. */
export type ReadText = (path: string, signal: AbortSignal) => Promise<string>;

/** Files that the kernel shows. */
export interface Files {
  /** A reader for one device. */
  reader(): ReadText;
}

/** More than any file of sysfs has, which is a page. */
const MAX_BYTES = 64 * 1024;
/** A thermometer converts for up to 750 ms, and the kernel tries up to five times. */
const READ_MS = 5_000;
/** A read that hangs in the kernel keeps one of Node's four threads for files, and serial ports need them too. */
const READS_AT_ONCE = 2;

/** Reads files that the kernel shows, such as those of sysfs; one of these serves the whole program. */
export class KernelFiles implements Files {
  private readonly all = new Turns(READS_AT_ONCE);

  constructor(private readonly clock: Clock) {}

  /** It has one read at a time, so that a device that hangs leaves the others theirs. */
  reader(): ReadText {
    const own = new Turns(1);
    return (path, signal) => this.read(path, own, signal);
  }

  private read(path: string, own: Turns, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const giveUp = new AbortController();
      const end = (settle: () => void) => {
        timer.cancel();
        signal.removeEventListener('abort', onAbort);
        giveUp.abort();
        settle();
      };
      const onAbort = () => end(() => reject(signal.reason));
      const timer = this.clock.after(READ_MS, () => end(() => reject(timeout(path))));
      signal.addEventListener('abort', onAbort, { once: true });
      own
        .run(() => this.all.run(() => readBounded(path), giveUp.signal), giveUp.signal)
        .then(
          (text) => end(() => resolve(text)),
          (error: unknown) => end(() => reject(fileError(path, error))),
        );
      if (signal.aborted) onAbort();
    });
  }
}

async function readBounded(path: string): Promise<string> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    while (length <= MAX_BYTES) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
      if (bytesRead === 0) return buffer.toString('utf8', 0, length);
      length += bytesRead;
    }
    throw new BridgeError('file/too-large', `${printable(path)} has more than ${MAX_BYTES} bytes`);
  } finally {
    await file.close();
  }
}

function timeout(path: string): BridgeError {
  return new BridgeError('file/timeout', `${printable(path)} could not be read within ${READ_MS / 1000} s`);
}

/** ENODEV and ENXIO: the file was still there, what is behind it is not. */
const MISSING: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO']);

function fileError(path: string, cause: unknown): BridgeError {
  if (cause instanceof BridgeError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (MISSING.has(code)) return new BridgeError('file/missing', `${printable(path)} is not there`, { cause });
  if (code === 'EACCES' || code === 'EPERM') {
    const hint = '`carter-bridge doctor` tells which group this user lacks';
    return new BridgeError('file/denied', `no permission to read ${printable(path)}`, { hint, cause });
  }
  return new BridgeError('file/failed', `can't read ${printable(path)}: ${printable(message)}`, { cause });
}
