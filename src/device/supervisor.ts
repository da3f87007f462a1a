import { deadline, sleep, type Timer } from '../clock.js';
import { BridgeError, describeError } from '../error.js';
import type { FailureLog } from '../failure-log.js';
import { Backoff } from './backoff.js';
import { DeviceHealth } from './device-health.js';
import type { DeviceDriver, DeviceSession } from './driver.js';
import { Hearing } from './hearing.js';
import { SessionIo, type SessionParts } from './session-io.js';

/** stopped → connecting → live → closing → waiting → connecting …; `stop` leads to stopped from everywhere. */
export type SupervisorState = 'stopped' | 'connecting' | 'live' | 'closing' | 'waiting';

/** What a supervisor is built from. */
export interface SupervisorParts extends Omit<SessionParts, 'heard' | 'defect' | 'noise'> {
  driver: DeviceDriver;
  /** Calls `wake` each time that the device may have appeared; the returned function ends the watch. */
  watch(wake: () => void): () => void;
  random: () => number;
  failures: FailureLog;
  /** True while the device's outputs wait for approval. */
  quarantined(): boolean;
  /** Throws where the device that shook hands is not the one that is meant. */
  meets?(session: DeviceSession): void;
  /** A session went live. It is over when the signal aborts. `confirmed` is to be called with the point of each command that was. */
  onLive(session: DeviceSession, signal: AbortSignal, confirmed: (point: string) => void): void;
  /** The live session is over: what waits for it must be refused. */
  onDown(cause: BridgeError): void;
}

/** A driver has this long to open the device and shake hands. */
const CONNECT_MS = 15_000;
/** A session this long healthy makes the next trouble a first one. */
const HEALTHY_MS = 30_000;
const CHECK_MS = 2_000;
/** Between two attempts, so that a port that comes and goes quickly can't keep the processor busy. */
const MIN_GAP_MS = 50;
/** Causes that trying again soon does not cure. */
const SLOW: ReadonlySet<string> = new Set([
  'device/wrong',
  'device/protocol',
  'port/not-serial',
  'port/denied',
  'pin/busy',
  'pin/denied',
  'pin/missing',
  'pin/no-chip',
  'pin/no-onoff',
  'pin/no-pwm',
  'pin/no-sysfs',
  'pin/native',
  'pin/taken',
]);

/** Keeps one device connected: the only place that decides when to try again. */
export class Supervisor {
  /** Why the device is not connected, in a line for people; undefined while it is. */
  trouble: string | undefined;
  private current: SupervisorState = 'stopped';
  private readonly backoff: Backoff;
  private readonly health: DeviceHealth;
  private readonly hearing: Hearing;
  private io: SessionIo | undefined;
  private stopping = false;
  private running: Promise<void> | undefined;
  /** The device appeared since the last attempt began. */
  private appeared = false;
  /** Waiting, in the part of the wait that an appearance may cut short. */
  private patient = false;
  private wake: () => void = () => {};

  constructor(private readonly parts: SupervisorParts) {
    const { clock, device, random, store } = parts;
    this.backoff = new Backoff(100, 5_000, random);
    this.health = new DeviceHealth({
      clock,
      quarantined: parts.quarantined,
      say: (health) => store.setHealth(device, health),
    });
    this.hearing = new Hearing({
      ...parts,
      health: this.health,
      dead: (reason) => this.io?.lost(`${reason}; opening its port anew`),
    });
  }

  get state(): SupervisorState {
    return this.current;
  }

  /** Says the device's health anew: it may have been approved. */
  review(): void {
    this.health.review();
  }

  /** Begins to keep the device connected. */
  start(): void {
    if (this.running) return;
    this.stopping = false;
    this.running = this.run();
  }

  /** Ends the session and all attempts; resolves when everything is closed. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.io?.end(new BridgeError('bridge/stopping', 'the bridge is stopping'));
    await this.running;
    this.running = undefined;
  }

  private async run(): Promise<void> {
    const unwatch = this.parts.watch(() => {
      this.appeared = true;
      this.backoff.reset();
      if (this.patient) this.wake();
    });
    while (!this.stopping) {
      this.appeared = false;
      await this.session();
      if (this.stopping) break;
      this.current = 'waiting';
      const delay = this.backoff.next();
      await this.pause(Math.min(delay, MIN_GAP_MS));
      this.patient = true;
      if (!this.appeared) await this.pause(delay - MIN_GAP_MS);
      this.patient = false;
    }
    unwatch();
    this.current = 'stopped';
  }

  /** One session from opening to its end. */
  private async session(): Promise<void> {
    const { parts } = this;
    this.current = 'connecting';
    const io = new SessionIo({
      ...parts,
      heard: () => this.hearing.line(),
      defect: (kind) => this.hearing.defect(kind),
      noise: (noise) => this.hearing.noise(noise),
    });
    this.io = io;
    let proof: Timer | undefined;
    let cause: BridgeError;
    try {
      const session = await this.connect(io);
      parts.meets?.(session);
      proof = parts.clock.after(HEALTHY_MS, () => {
        this.backoff.reset();
        this.health.proven();
      });
      this.goLive(session, io);
      cause = await io.ended;
    } catch (error) {
      cause = asBridgeError(error);
    }
    proof?.cancel();
    await this.goDown(cause, io);
  }

  private async connect(io: SessionIo): Promise<DeviceSession> {
    const { clock, driver } = this.parts;
    const late = () => new BridgeError('device/no-answer', `no handshake within ${CONNECT_MS / 1000} s`);
    const over = io.ended.then((error) => Promise.reject(error));
    return await deadline(clock, CONNECT_MS, Promise.race([driver.connect(io, io.signal), over]), late);
  }

  private goLive(session: DeviceSession, io: SessionIo): void {
    this.current = 'live';
    this.trouble = undefined;
    // A device without a line has nothing to say by itself, so its silence means nothing.
    if (io.hasLine) this.hearing.start();
    this.health.live();
    this.parts.failures.recovered('connecting');
    this.parts.onLive(session, io.signal, (point) => io.confirmed(point));
    if (session.check) void this.keepChecking(session, io);
  }

  private async goDown(cause: BridgeError, io: SessionIo): Promise<void> {
    const { parts } = this;
    const wasLive = this.current === 'live';
    this.current = 'closing';
    this.hearing.stop();
    // Values go unknown before the port is closed: closing a dead one can take its time.
    const closed = io.end(cause);
    parts.store.forget(parts.device);
    this.health.lost();
    if (wasLive) parts.onDown(cause);
    if (!this.stopping) this.report(cause, wasLive);
    if (SLOW.has(cause.code) || this.health.flapping) this.backoff.exhaust();
    await closed;
    this.io = undefined;
  }

  private report(cause: BridgeError, wasLive: boolean): void {
    const { failures, traffic, log } = this.parts;
    this.trouble = describeError(cause);
    failures.failed('connecting', cause);
    if (!wasLive) traffic.take();
    traffic.tell('the loss', log);
    traffic.over('the loss');
  }

  /** Waits `ms`, or until something wakes the supervisor. */
  private async pause(ms: number): Promise<void> {
    if (ms <= 0 || this.stopping) return;
    await new Promise<void>((resolve) => {
      const timer = this.parts.clock.after(ms, resolve);
      this.wake = () => {
        timer.cancel();
        resolve();
      };
    });
    this.wake = () => {};
  }

  private async keepChecking(session: DeviceSession, io: SessionIo): Promise<void> {
    try {
      for (;;) {
        await sleep(this.parts.clock, CHECK_MS, io.signal);
        await session.check?.(io.signal);
      }
    } catch (error) {
      if (!io.signal.aborted) io.lost(`the device does not answer: ${asBridgeError(error).message}`);
    }
  }
}

function asBridgeError(error: unknown): BridgeError {
  if (error instanceof BridgeError) return error;
  return new BridgeError('device/driver', error instanceof Error ? error.message : String(error), { cause: error });
}
