import { closeSync, lstatSync, readlinkSync, symlinkSync, unlinkSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { Clock, Timer } from '../clock.js';
import { BridgeError } from '../error.js';
import { systemClock } from '../system-clock.js';
import { openPty, type Pty } from './virtual-port-pty.js';

/** Most bytes that wait for the other side to read. */
const MAX_QUEUE = 1024 * 1024;
/** How often a full pseudo terminal is tried again: a tick costs nothing while nobody waits. */
const RETRY_MS = 2;

/** A serial port without hardware, seen from the device's side. Whoever opens `path` talks to it; it takes any baud rate. */
export interface VirtualPort {
  /** The node that others open, `/dev/pts/N`. */
  readonly path: string;
  /** The symbolic link to it, where one was asked for. */
  readonly link: string | undefined;
  /** Bytes refused by `send` so far. */
  readonly dropped: number;
  /** Sends bytes (a string as UTF-8) without waiting. False: the port is closed or 1 MiB waits already; nothing of them is sent. */
  send(bytes: string | Uint8Array): boolean;
  /** Sets who gets the bytes that the other side writes; those that come before wait in the kernel. */
  onData(listener: (bytes: Buffer) => void): void;
  /** Stops reading, like a device that hangs: the other side's writes stall once the kernel's buffer is full. */
  pause(): void;
  resume(): void;
  /** Pulls the cable: whoever has it open sees a hangup at once, and the link is removed. Calling it again is harmless. */
  close(): void;
}

/** Makes a virtual serial port. A link that exists is replaced, any other file there is not. Throws `port/virtual`. */
export function createVirtualPort(options: { link?: string; clock?: Clock } = {}): VirtualPort {
  const pty = openPty();
  try {
    if (options.link) placeLink(options.link, pty.path);
  } catch (error) {
    closeSync(pty.master);
    closeSync(pty.slave);
    throw error;
  }
  return new PtyPort(pty, options.link, options.clock ?? systemClock());
}

class PtyPort implements VirtualPort {
  readonly path: string;
  dropped = 0;

  private readonly input: ReadStream;
  private queue: Buffer[] = [];
  private queued = 0;
  private retry: Timer | undefined;
  private closed = false;

  constructor(
    private readonly pty: Pty,
    readonly link: string | undefined,
    private readonly clock: Clock,
  ) {
    this.path = pty.path;
    this.input = new ReadStream(pty.master);
    this.input.on('error', () => this.close());
  }

  send(bytes: string | Uint8Array): boolean {
    const size = typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
    if (this.closed || this.queued + size > MAX_QUEUE) {
      this.dropped += size;
      return false;
    }
    this.queue.push(Buffer.from(bytes as Uint8Array));
    this.queued += size;
    if (!this.retry) this.flush();
    return true;
  }

  onData(listener: (bytes: Buffer) => void): void {
    this.input.removeAllListeners('data');
    this.input.on('data', listener);
  }

  pause(): void {
    this.input.pause();
  }

  resume(): void {
    this.input.resume();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.retry?.cancel();
    this.queue = [];
    this.queued = 0;
    this.input.destroy();
    closeSync(this.pty.slave);
    if (this.link) removeLink(this.link, this.path);
  }

  /** libuv writes to a terminal master blockingly, so the bytes go out by hand. */
  private flush(): void {
    this.retry = undefined;
    while (this.queue[0]) {
      const taken = writeSome(this.pty.master, this.queue[0]);
      this.queued -= taken;
      if (taken < this.queue[0].length) {
        this.queue[0] = this.queue[0].subarray(taken);
        this.retry = this.clock.after(RETRY_MS, () => this.flush());
        return;
      }
      this.queue.shift();
    }
  }
}

/** Bytes that the kernel took now; 0 where it takes none. */
function writeSome(fd: number, bytes: Buffer): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}

function placeLink(link: string, target: string): void {
  try {
    if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(link);
    symlinkSync(target, link);
  } catch (cause) {
    throw new BridgeError('port/virtual', `cannot make the link ${link}`, {
      hint: 'choose a path in a folder you may write to, where no other file is',
      cause,
    });
  }
}

/** Removes the link unless somebody else has taken it over. */
function removeLink(link: string, target: string): void {
  try {
    if (readlinkSync(link) === target) unlinkSync(link);
  } catch {
    // Gone already: that is what was wanted.
  }
}
