import type { Clock, Timer } from '../clock.js';
import { BridgeError, describeError } from '../error.js';
import type { Log } from '../log.js';
import type { LineHandlers, LineLink, LineOptions } from '../port/line-link.js';
import type {
  InputHandlers,
  InputOptions,
  InputPins,
  OutputOptions,
  OutputPin,
  PwmOptions,
  PwmPin,
} from '../port/pin.js';
import { printable } from '../text.js';
import type { DeviceEvent, DeviceIo, ExchangeRequest } from './driver.js';
import { Exchanges } from './exchange.js';
import { Intake } from './intake.js';
import type { OutputLimits } from './output-limits.js';
import type { PointSpec, Reading } from './point.js';
import type { SessionParts } from './session-parts.js';
import { SessionPins } from './session-pins.js';
import { SessionTimers } from './session-timers.js';
import { looseTallies, type Tallies } from './tallies.js';

/** The DeviceIo of one session: passes on what the driver says until `end`, then closes and settles everything. */
export class SessionIo implements DeviceIo {
  readonly clock: Clock;
  readonly log: Log;
  readonly tallies: Tallies;
  readonly limits: ReadonlyMap<string, OutputLimits>;
  readonly stopped: () => boolean;
  readonly seat: object | undefined;
  /** Resolves with the cause once the session is over; never rejects. */
  readonly ended: Promise<BridgeError>;

  private readonly abort = new AbortController();
  private readonly links = new Set<LineLink>();
  private readonly pins: SessionPins;
  private readonly timers: SessionTimers;
  private readonly exchanges: Exchanges;
  private readonly intake: Intake;
  private settleEnded: (error: BridgeError) => void = () => {};
  private closing: Promise<void> | undefined;

  constructor(private readonly parts: SessionParts) {
    this.clock = parts.clock;
    this.log = parts.log;
    this.tallies = parts.tallies ?? looseTallies();
    this.limits = parts.limits ?? new Map();
    this.stopped = parts.stopped ?? (() => false);
    this.seat = parts.seat?.();
    this.exchanges = new Exchanges(parts.clock);
    this.intake = new Intake({ ...parts, outOfRange: () => void parts.counters.outOfRange++ });
    this.timers = new SessionTimers(parts.clock, this.signal, (error) => {
      const cause = error instanceof BridgeError ? error : undefined;
      void this.end(cause ?? new BridgeError('device/driver', describeError(error), { cause: error }));
    });
    this.pins = new SessionPins({
      pins: parts.pins,
      log: parts.log,
      signal: this.signal,
      guarded: (handle) => this.guarded(handle),
      failed: (error) => void this.end(error),
    });
    this.ended = new Promise((resolve) => {
      this.settleEnded = resolve;
    });
  }

  /** Aborts when the session ends; its reason is the cause. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** True while a line is open on which the device may speak. */
  get hasLine(): boolean {
    return this.links.size > 0;
  }

  async openLine(options: LineOptions, handlers: LineHandlers): Promise<LineLink> {
    this.signal.throwIfAborted();
    const link = await this.parts.openLine(options, this.guard(handlers), this.signal);
    if (this.signal.aborted) {
      await link.close();
      throw this.signal.reason;
    }
    const recorded: LineLink = {
      path: link.path,
      ended: link.ended,
      close: () => link.close(),
      write: (line) => {
        this.parts.traffic.add('out', line);
        this.parts.counters.bytesOut += Buffer.byteLength(line) + (options.newline ?? '\n').length;
        return link.write(line);
      },
    };
    this.links.add(link);
    void link.ended.then((end) => {
      this.links.delete(link);
      void this.end(end.error ?? new BridgeError('port/gone', 'the port was closed'));
    });
    return recorded;
  }

  async readText(path: string): Promise<string> {
    this.signal.throwIfAborted();
    const text = await this.parts.readText(path, this.signal);
    this.parts.traffic.add('in', `${path}: ${text.trim().replaceAll('\n', ' ')}`);
    return text;
  }

  async openInput(options: InputOptions, handlers: Pick<InputHandlers, 'edges'>): Promise<InputPins> {
    this.signal.throwIfAborted();
    return await this.pins.openInput(options, handlers);
  }

  async openOutput(options: OutputOptions): Promise<OutputPin> {
    this.signal.throwIfAborted();
    return await this.pins.openOutput(options);
  }

  async openPwm(options: PwmOptions): Promise<PwmPin> {
    this.signal.throwIfAborted();
    return await this.pins.openPwm(options);
  }

  describe(points: readonly PointSpec[]): void {
    if (!this.signal.aborted) this.intake.describe(points);
  }

  report(readings: readonly Reading[]): void {
    if (this.signal.aborted) return;
    this.parts.counters.readings += readings.length;
    for (const { point, value } of this.intake.report(readings)) {
      this.ignored('no such point or wrong type', `${point}=${String(value)}`);
    }
  }

  event(event: DeviceEvent): void {
    if (this.signal.aborted) return;
    if (!this.parts.store.event(this.parts.device, event)) this.ignored('no such event', event.point);
  }

  async exchange<T>(link: LineLink, request: ExchangeRequest<T>, signal: AbortSignal): Promise<T> {
    this.signal.throwIfAborted();
    return await this.exchanges.ask(link, request, signal);
  }

  every(ms: number, work: () => void | Promise<void>): void {
    this.timers.every(ms, work);
  }

  after(ms: number, work: () => void): Timer {
    return this.timers.after(ms, work);
  }

  ignored(reason: string, sample: string): void {
    this.parts.counters.ignored++;
    this.log.debug({ sample: printable(sample, 80) }, `ignored: ${reason}`);
  }

  lost(reason: string): void {
    void this.end(new BridgeError('device/lost', reason));
  }

  fail(code: string, message: string, hint?: string): void {
    void this.end(new BridgeError(code, message, hint === undefined ? {} : { hint }));
  }

  /** A command for this point was confirmed: what its device says now is stored at once, whatever filters it has. */
  confirmed(point: string): void {
    this.intake.confirmed(point);
  }

  /** Ends the session for `cause`; resolves once everything it opened is closed. Later calls wait for the first. */
  end(cause: BridgeError): Promise<void> {
    if (!this.closing) {
      this.abort.abort(cause);
      this.intake.end();
      this.exchanges.rejectAll(cause);
      this.pins.close();
      this.closing = Promise.all([...this.links].map((link) => link.close())).then(() => {});
      this.settleEnded(cause);
    }
    return this.closing;
  }

  private guard(handlers: LineHandlers): LineHandlers {
    const { parts } = this;
    return {
      raw: (bytes) => {
        parts.counters.bytesIn += bytes.length;
      },
      line: (text) => {
        if (this.signal.aborted) return;
        parts.counters.lines++;
        parts.traffic.add('in', text);
        parts.heard();
        // The driver reads first, so that what it reports is in the store before the command that waits for it is answered.
        this.guarded(() => handlers.line(text));
        this.exchanges.offer(text);
      },
      defect: (kind, sample) => {
        if (this.signal.aborted) return;
        parts.counters[kind]++;
        parts.traffic.add('bad', `${kind}: ${sample}`);
        parts.defect(kind);
        this.guarded(() => handlers.defect(kind, sample));
      },
      noise: (noise) => {
        if (this.signal.aborted) return;
        parts.traffic.add('bad', `no newline in ${noise.bytes} bytes: ${noise.sample}`);
        parts.noise(noise);
        this.guarded(() => handlers.noise?.(noise));
      },
    };
  }

  private guarded(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.parts.counters.driverErrors++;
      this.log.error({ err: error }, 'the driver failed on what the device said; that is dropped');
    }
  }
}
