import { type Clock, deadline } from '../../src/clock.js';
import { BridgeError } from '../../src/error.js';
import { LineIntake } from '../../src/port/line-intake.js';
import { MAX_LINE, OPEN_MS } from '../../src/port/line-limits.js';
import type { LineHandlers, LineLink, LineOptions, LinkEnd, OpenLine } from '../../src/port/line-link.js';
import { LineWriter } from '../../src/port/line-writer.js';
import { systemClock } from '../../src/system-clock.js';

/**
 * A serial port with a device behind it, in memory, that keeps the contract of LineLink. It can be opened again and
 * again, by one owner at a time. The device's side is spoken synchronously: a line is delivered when `say` returns.
 */
export class FakePort {
  /** Lines written to the device, over all sessions, without their endings. */
  readonly written: string[] = [];
  /** The device's own behaviour: called after each line was taken, in its own turn. */
  onWrite: ((line: string) => void) | undefined;
  /** Times it was opened, and the options of the last time. */
  opens = 0;
  options: LineOptions | undefined;

  private session: FakeSession | undefined;
  private refusal: (() => Error) | undefined;
  private stalling = false;
  private hanging = false;

  constructor(private readonly clock: Clock = systemClock()) {}

  /** Opens it; hand this to whatever wants an OpenLine. */
  readonly open: OpenLine = async (options, handlers, signal) => {
    signal.throwIfAborted();
    if (this.hanging) {
      await deadline(
        this.clock,
        OPEN_MS,
        aborted(signal),
        () => new BridgeError('port/timeout', 'the port did not open'),
      );
    }
    await Promise.resolve();
    signal.throwIfAborted();
    if (this.refusal) throw this.refusal();
    if (this.session) throw new BridgeError('port/locked', 'the fake port is in use');
    this.opens++;
    this.options = options;
    const session = new FakeSession(this.clock, options, handlers, {
      take: (line) => this.take(line),
      over: () => {
        if (this.session === session) this.session = undefined;
      },
    });
    this.session = session;
    return session;
  };

  /** Whether somebody has it open. */
  get isOpen(): boolean {
    return this.session !== undefined;
  }

  /** The device says one whole line; lost when nobody has the port open. */
  say(line: string): void {
    this.session?.receive(Buffer.from(`${this.session.fresh ? '\n' : ''}${line}\n`));
  }

  /** The device sends bytes as they are: half lines, noise. A string is sent as UTF-8. */
  send(bytes: string | Uint8Array): void {
    this.session?.receive(Buffer.from(bytes as Uint8Array));
  }

  /** The cable is pulled: the link ends as disconnected. It can be opened again at once unless `refuse` says otherwise. */
  vanish(): void {
    const error = new BridgeError('port/gone', 'the device went away');
    this.session?.end({ reason: 'disconnected', error }, error);
  }

  /** Every opening from now on is refused with `error`, or accepted again where absent. */
  refuse(error?: Error): void {
    this.refusal = error && (() => error);
  }

  /** The device takes no more bytes: writes stall, until it takes them all the same. */
  stall(stalling = true): void {
    this.stalling = stalling;
    if (!stalling) this.session?.drain();
  }

  /** Openings hang until they are given up on. */
  hang(hanging = true): void {
    this.hanging = hanging;
  }

  private take(line: string): boolean {
    if (this.stalling) return false;
    this.written.push(line);
    if (this.onWrite) queueMicrotask(() => this.onWrite?.(line));
    return true;
  }
}

interface FakeDevice {
  take(line: string): boolean;
  over(): void;
}

class FakeSession implements LineLink {
  readonly path = '/dev/fake';
  readonly ended: Promise<LinkEnd>;
  /** Whether not a byte was received yet. */
  fresh = true;

  private readonly intake: LineIntake;
  private readonly writer: LineWriter;
  private readonly maxLine: number;
  private settle: (end: LinkEnd) => void = () => {};
  private over = false;
  private rest = '';
  /** Ends the wait of the line that the device does not take. */
  private held: (() => void) | undefined;

  constructor(
    clock: Clock,
    options: LineOptions,
    handlers: LineHandlers,
    private readonly device: FakeDevice,
  ) {
    this.maxLine = options.maxLine ?? MAX_LINE;
    this.intake = new LineIntake(clock, handlers, this.maxLine);
    this.ended = new Promise((resolve) => {
      this.settle = resolve;
    });
    const newline = options.newline ?? '\n';
    this.writer = new LineWriter(clock, newline, {
      send: (bytes, taken) => {
        const offer = () => device.take(bytes.subarray(0, -newline.length).toString());
        if (offer()) queueMicrotask(() => taken());
        else this.held = () => void (offer() && taken());
      },
      stalled: (error) => this.end({ reason: 'failed', error }, error),
    });
  }

  write(line: string): Promise<void> {
    return this.writer.write(line);
  }

  drain(): void {
    const { held } = this;
    this.held = undefined;
    held?.();
  }

  async close(): Promise<void> {
    this.end({ reason: 'closed' }, new BridgeError('port/closed', 'the port was closed'));
  }

  receive(bytes: Buffer): void {
    this.fresh = false;
    this.intake.hear(bytes);
    const parts = (this.rest + bytes.toString('latin1')).split('\n');
    this.rest = parts.pop() ?? '';
    for (const raw of parts) this.intake.line(raw);
  }

  end(end: LinkEnd, why: BridgeError): void {
    if (this.over) return;
    this.over = true;
    this.intake.stop();
    this.writer.close(why);
    this.device.over();
    this.settle(end);
  }
}

/** Rejects when the signal aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
