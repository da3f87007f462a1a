import { ReadlineParser } from '@serialport/parser-readline';
import type { SerialPort } from 'serialport';
import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import { type Log, silentLog } from '../log.js';
import { LineIntake } from './line-intake.js';
import { LineLimit } from './line-limit.js';
import { MAX_LINE, OPEN_MS } from './line-limits.js';
import type { LineHandlers, LineLink, LineOptions, LinkEnd, OpenLine, PortAddress } from './line-link.js';
import { LineWriter } from './line-writer.js';
import { serialFault } from './serial-fault.js';
import { directBinding, type SerialBinding } from './serial-line-link-binding.js';
import { explained, newPort, openPort, release, setModemLines } from './serial-line-link-port.js';
import { resolvePort } from './serial-path.js';

/*
 *              ┌───────────────────────── one SerialLineLink, for one use ──────────────────────────┐
 *  device ───> │ LineLimit ──> SerialPort ──> ReadlineParser ──> LineIntake ──> handlers.line/defect │
 *  device <─── │ SerialPort <── LineWriter <──────────────────────────────────── write()            │
 *              └──── 'close', 'error', stalled write, close() ──> end(), once ──> ended ────────────┘
 */

/** Lines that wait between parser and handlers before the port is read on. */
const PARSER_LINES = 1024;

/** What opening serial ports needs. */
export interface SerialLineDeps {
  readonly clock: Clock;
  readonly log?: Log;
  /** Finds the device node behind an address, before every opening because the kernel renumbers on replug; `resolvePort` where absent. */
  readonly resolve?: (port: PortAddress) => string | Promise<string>;
  /** What opens the node; serialport's own with a reader that notices hangups where absent. */
  readonly binding?: SerialBinding;
}

/**
 * An OpenLine over serialport. Opening takes 5 s at most (`port/timeout`) and waits until the same port's last session has
 * let go of it; a port that opens after we gave up is closed.
 *
 * HUPCL stays as the system has it, which on most means that many boards reset when the port is opened: a driver has to
 * expect that. A udev rule with `stty -hupcl` keeps them running, and is not undone here.
 */
export function openSerialLine(deps: SerialLineDeps): OpenLine {
  const { clock, log = silentLog, resolve = resolvePort, binding = directBinding(clock) } = deps;
  /** What still goes on with a path after its session: a closing, or an opening that was given up on. */
  const busy = new Map<string, Promise<void>>();
  const occupy = (path: string, work: Promise<void>) => {
    busy.set(path, work);
    void work.then(() => {
      if (busy.get(path) === work) busy.delete(path);
    });
  };
  const letGo = (port: SerialPort, discard = false) => release(port, clock, log, discard);

  return async (options, handlers, signal) => {
    signal.throwIfAborted();
    const patience = new AbortController();
    const late = new BridgeError('port/timeout', `the port did not open within ${OPEN_MS} ms`, {
      hint: 'the adapter or its driver hangs: unplug it and plug it in again',
    });
    const timer = clock.after(OPEN_MS, () => patience.abort(late));
    const onAbort = () => patience.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const path = await unlessAborted(resolve(options.port), patience.signal);
      await unlessAborted(busy.get(path), patience.signal);
      const port = newPort(path, options.baud, binding);
      const opening = openPort(port);
      try {
        await unlessAborted(opening, patience.signal);
        await unlessAborted(setModemLines(port, options, log), patience.signal);
      } catch (error) {
        occupy(
          path,
          opening.then(
            () => letGo(port),
            () => {},
          ),
        );
        if (patience.signal.aborted) throw patience.signal.reason;
        throw await explained(error, path, clock);
      }
      return new SerialLineLink(port, options, handlers, clock, (discard) => {
        const released = letGo(port, discard);
        occupy(path, released);
        return released;
      });
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
    }
  };
}

class SerialLineLink implements LineLink {
  readonly path: string;
  readonly ended: Promise<LinkEnd>;

  private readonly intake: LineIntake;
  private readonly writer: LineWriter;
  private settle: (end: LinkEnd) => void = () => {};
  private released: Promise<void> | undefined;

  constructor(
    port: SerialPort,
    options: LineOptions,
    handlers: LineHandlers,
    clock: Clock,
    /** Closes the port, also where it is closing by itself; `discard` drops what the system still holds to send. */
    private readonly release: (discard: boolean) => Promise<void>,
  ) {
    this.path = port.path;
    this.ended = new Promise((resolve) => {
      this.settle = resolve;
    });
    const maxLine = options.maxLine ?? MAX_LINE;
    this.intake = new LineIntake(clock, handlers, maxLine);
    this.writer = new LineWriter(clock, options.newline ?? '\n', {
      send: (bytes, taken) => {
        port.write(bytes, (error) => taken(error ? this.fault(error) : undefined));
      },
      stalled: (error) => void this.end({ reason: 'failed', error }, error, true),
    });
    // These stay for ever: serialport says 'close' twice and 'error' after it.
    port.on('close', (cause?: Error | null) => this.lost(new Error('disconnected', { cause })));
    port.on('error', (error) => this.lost(error));
    // Two bytes more than a line may have: a '\r', and one that shows that it was too long.
    limitReads(port, new LineLimit(maxLine + 2), (bytes) => {
      if (bytes.length > 0) handlers.raw?.(bytes);
      this.intake.hear(bytes);
    });
    // As objects, so that empty lines are seen: one may end a fragment.
    const parser = new ReadlineParser({
      delimiter: '\n',
      encoding: 'latin1',
      readableObjectMode: true,
      readableHighWaterMark: PARSER_LINES,
    });
    port.pipe(parser);
    parser.on('data', (raw: string) => this.intake.line(raw));
  }

  write(line: string): Promise<void> {
    return this.writer.write(line);
  }

  close(): Promise<void> {
    return this.end({ reason: 'closed' }, new BridgeError('port/closed', `${this.path} was closed`));
  }

  private lost(error: unknown): void {
    const fault = this.fault(error);
    void this.end({ reason: fault.code === 'port/gone' ? 'disconnected' : 'failed', error: fault }, fault);
  }

  /** The one way out, whatever the port says and however often. */
  private end(end: LinkEnd, why: BridgeError, discard = false): Promise<void> {
    if (!this.released) {
      this.intake.stop();
      this.writer.close(why);
      // Whoever waits for the end need not wait until a dead device lets go of its port as well.
      this.settle(end);
      this.released = this.release(discard);
    }
    return this.released;
  }

  private fault(error: unknown): BridgeError {
    return serialFault(error, { path: this.path });
  }
}

/**
 * Drops overlong lines before the stream gets them, in the very buffer that they were read into: a device that never ends
 * its line makes no garbage. `heard` is called with each read that brought bytes.
 */
function limitReads({ port }: SerialPort, limit: LineLimit, heard: (bytes: Buffer) => void): void {
  if (!port) return;
  const read = port.read.bind(port);
  port.read = async (buffer, offset, length) => {
    for (;;) {
      const { bytesRead } = await read(buffer, offset, length);
      const bytes = buffer.subarray(offset, offset + bytesRead);
      heard(bytes);
      const kept = limit.keep(bytes);
      if (kept > 0 || bytesRead === 0) return { bytesRead: kept, buffer };
    }
  };
}

/** Settles as `work` does, or rejects with the signal's reason as soon as it aborts; `work` itself goes on. */
function unlessAborted<T>(work: T | Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    void Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
