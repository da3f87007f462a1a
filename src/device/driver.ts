import type { Clock, Timer } from '../clock.js';
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
import type { OutputLimits } from './output-limits.js';
import type { PointSpec, Reading, Value } from './point.js';
import type { Tallies } from './tallies.js';

/** A wish to change one actuator, already of the point's native type and within its limits. */
export interface Command {
  readonly point: string;
  readonly value: Value;
  /** Set for a timed pulse: `value` for this many milliseconds; only for drivers that say `pulses`. */
  readonly pulseMs?: number;
}

/** What the device says after a command: the value it now has, and whether it has got there (a turnout may still move). */
export interface Confirmed {
  readonly value: Value;
  readonly settled: boolean;
}

/** What is known of the device itself, where it says so. */
export interface DeviceIdentity {
  readonly id?: string;
  readonly name?: string;
  readonly firmware?: string;
  readonly bootId?: string;
  /** Fingerprint of its points, where it describes them itself: another one means that they changed. */
  readonly manifest?: string;
}

/** Something that happened at an event point. `count` is cumulative where the device counts. */
export interface DeviceEvent {
  readonly point: string;
  readonly event: string;
  readonly count?: number;
}

/** A question to the device: write a line, wait for the line that answers it. */
export interface ExchangeRequest<T> {
  readonly write: string;
  /** Given each line that comes after the write; undefined: not the answer, go on; a throw is the answer too. */
  readonly match: (line: string) => T | undefined;
  /** Milliseconds from the write to the answer. */
  readonly within: number;
}

/** All that a driver may touch. Everything opened through it is closed by the supervisor when the session ends. */
export interface DeviceIo {
  readonly clock: Clock;
  readonly log: Log;
  /** Stands for the board at the end of the line as long as it is plugged in: another one, another board. Undefined: nobody knows. */
  readonly seat: object | undefined;
  /** What the driver counts itself; over restarts too, where the owner wants that. */
  readonly tallies: Tallies;
  /** What the owner of its outputs wants the device to see to itself, by point; a device that can't may ignore it. */
  readonly limits: ReadonlyMap<string, OutputLimits>;
  /** True: outputs are opened at their safe values, whatever they are to begin with; there was an emergency stop. */
  stopped(): boolean;
  /** Opens a serial line for this session; its end ends the session. Throws a BridgeError with a `port/…` code. */
  openLine(options: LineOptions, handlers: LineHandlers): Promise<LineLink>;
  /**
   * Reads a small text file that the kernel shows, one at a time. Rejects with `file/missing`, `file/denied`, `file/timeout`
   * after 5 s, another `file/…`, or the end of the session.
   */
  readText(path: string): Promise<string>;
  /** Opens inputs for this session; when they fail, the session ends. Throws `pin/…`. */
  openInput(options: InputOptions, handlers: Pick<InputHandlers, 'edges'>): Promise<InputPins>;
  /** Opens an output for this session, with its first level set from the first moment on. Throws `pin/…`. */
  openOutput(options: OutputOptions): Promise<OutputPin>;
  /** Opens a pulse-width output for this session. Throws `pin/…`. */
  openPwm(options: PwmOptions): Promise<PwmPin>;
  /** Says which points the device has; a later call replaces the list, points that stay keep their values. */
  describe(points: readonly PointSpec[]): void;
  /** Says what the device said: one call per line or poll, so that values that belong together travel together. */
  report(readings: readonly Reading[]): void;
  /** Says that something happened. */
  event(event: DeviceEvent): void;
  /**
   * Writes a line and waits for its answer. Rejects with `device/timeout`, the abort reason, the end of the link,
   * or whatever `match` threw.
   */
  exchange<T>(link: LineLink, request: ExchangeRequest<T>, signal: AbortSignal): Promise<T>;
  /**
   * Does `work` again and again until the session ends, each time `ms` milliseconds after it was done; such as renewing
   * leases. An error ends the session.
   */
  every(ms: number, work: () => void | Promise<void>): void;
  /** Does `work` once after `ms` milliseconds, unless the session ends before. An error ends the session. */
  after(ms: number, work: () => void): Timer;
  /** Counts input that meant nothing to the driver; `sample` goes to the log at debug level. */
  ignored(reason: string, sample: string): void;
  /** Ends the session: the device is not there any more, or not itself any more. */
  lost(reason: string): void;
  /** Ends the session with an error code; the next attempt waits the longest time. */
  fail(code: string, message: string, hint?: string): void;
}

/** One connection to one device, for one use. */
export interface DeviceSession {
  readonly identity: DeviceIdentity;
  /**
   * Carries out a command; resolves once the device confirmed it, rejects with `device/refused`, `device/mismatch` or
   * `device/timeout`. A mismatch that is known only as time ran out has the timeout as its cause.
   */
  apply(command: Command, signal: AbortSignal): Promise<Confirmed>;
  /** Puts every output to its safe value in one stroke, where the device can. */
  safeAll?(signal: AbortSignal): Promise<void>;
  /** Asks whether anybody is there, both ways. */
  check?(signal: AbortSignal): Promise<void>;
}

/** The interface that a driver implements. It holds no reconnect, no retry, no timer and no socket. */
export interface DeviceDriver {
  /** Opens the device, shakes hands and reads back its true state. */
  connect(io: DeviceIo, signal: AbortSignal): Promise<DeviceSession>;
}
