import { deadline, type Timer } from '../clock.js';
import { BridgeError, describeError } from '../error.js';
import type { FailureLog } from '../failure-log.js';
import { Backoff } from './backoff.js';
import { BrownOut, type BrownOutParts } from './brown-out.js';
import { causeOf, isLasting, isUnplugged } from './causes.js';
import { keepChecking } from './checks.js';
import { DeviceHealth } from './device-health.js';
import type { DeviceDriver, DeviceSession } from './driver.js';
import { Hearing } from './hearing.js';
import { Patience } from './patience.js';
import { RESTARTS, RestartBudget } from './restart-budget.js';
import { SessionIo } from './session-io.js';
import type { SessionParts } from './session-parts.js';

/** stopped → connecting → live → closing → waiting → connecting …; `stop` leads to stopped from everywhere. */
export type SupervisorState = 'stopped' | 'connecting' | 'live' | 'closing' | 'waiting';

/** What a supervisor is built from. */
export interface SupervisorParts extends Omit<SessionParts, 'heard' | 'defect' | 'noise'> {
  driver: DeviceDriver;
  /** Calls `wake` each time that the device may have appeared; the returned function ends the watch. */
  watch(wake: () => void): () => void;
  random: () => number;
  failures: FailureLog;
  /** How the supply of the machine is; nobody is asked where absent. */
  supply?: BrownOutParts['supply'];
  /** True while the device hears no commands; never where absent. */
  deaf?(): boolean;
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
/** Between two attempts at most. */
const SLOWEST_MS = 5_000;
/** What the log says. */
const LOSS = 'the loss';
const TOO_MANY = `lost ${RESTARTS} times within a minute: degraded, and tried again every ${SLOWEST_MS / 1000} s, until it stays for ${HEALTHY_MS / 1000} s`;

/** Keeps one device connected: the only place that decides when to try again. */
export class Supervisor {
  private cause: string | undefined;
  private current: SupervisorState = 'stopped';
  private readonly backoff: Backoff;
  private readonly budget: RestartBudget;
  private readonly patience: Patience;
  private readonly brownOut: BrownOut | undefined;
  private readonly health: DeviceHealth;
  private readonly hearing: Hearing;
  private io: SessionIo | undefined;
  private stopping = false;
  private wokenAt = Number.NEGATIVE_INFINITY;
  private unplugged = false;
  private running: Promise<void> | undefined;

  constructor(private readonly parts: SupervisorParts) {
    const { clock, device, random, store } = parts;
    this.backoff = new Backoff(100, SLOWEST_MS, random);
    this.budget = new RestartBudget(clock);
    this.patience = new Patience(clock);
    this.brownOut = parts.supply && new BrownOut({ ...parts, supply: parts.supply });
    this.health = new DeviceHealth({
      budget: this.budget,
      deaf: () => parts.deaf?.() ?? false,
      quarantined: parts.quarantined,
      say: (health) => store.setHealth(device, health),
    });
    this.hearing = new Hearing({
      ...parts,
      health: this.health,
      spoke: () => this.recovered(),
      dead: (reason) => this.io?.lost(`${reason}; opening its port anew`),
    });
  }

  /** Why the device is not connected, in a line for people; undefined while it is. */
  get trouble(): string | undefined {
    const reason = this.brownOut?.reason;
    return reason === undefined ? this.cause : this.cause && `${this.cause}; ${reason}`;
  }

  get state(): SupervisorState {
    return this.current;
  }

  /** Says the device's health anew: it may have been approved. */
  review(): void {
    this.health.review();
  }

  /** Ends the session, for a new one on a port opened anew. */
  reopen(reason: string): void {
    this.io?.lost(reason);
  }

  /** Begins to keep the device connected. */
  start(): void {
    if (this.running) return;
    this.stopping = false;
    this.patience.begin();
    this.running = this.run();
  }

  /** Ends the session and all attempts; resolves when everything is closed. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.patience.end();
    await this.io?.end(new BridgeError('bridge/stopping', 'the bridge is stopping'));
    await this.running;
    this.running = undefined;
  }

  private async run(): Promise<void> {
    const unwatch = this.parts.watch(() => this.appeared());
    while (!this.stopping) {
      this.patience.attempt();
      await this.session();
      if (this.stopping) break;
      this.current = 'waiting';
      await this.patience.wait(this.backoff.next());
    }
    unwatch();
    this.current = 'stopped';
    this.health.lost(true);
  }

  /**
   * The device may have appeared. One that is lost again and again must not be tried at the pace at which its port appears,
   * but for one that was unplugged: whoever plugs it in waits for it.
   */
  private appeared(): void {
    const now = this.parts.clock.now();
    if (this.budget.spent && !this.unplugged && now < this.wokenAt + SLOWEST_MS) return;
    this.wokenAt = now;
    if (!this.budget.spent) this.backoff.reset();
    this.patience.appear();
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
      proof = parts.clock.after(HEALTHY_MS, () => this.proven());
      this.goLive(session, io);
      cause = await io.ended;
    } catch (error) {
      cause = causeOf(error);
    }
    proof?.cancel();
    await this.goDown(cause, io);
  }

  /** A session proves little: the last ones were lost soon, or said nothing. */
  private get inTrouble(): boolean {
    return this.budget.spent || this.hearing.silent;
  }

  private recovered(): void {
    if (!this.inTrouble) this.parts.failures.recovered('the connection');
  }

  private async connect(io: SessionIo): Promise<DeviceSession> {
    const { clock, driver } = this.parts;
    const late = () => new BridgeError('device/no-answer', `no handshake within ${CONNECT_MS / 1000} s`);
    const over = io.ended.then((error) => Promise.reject(error));
    // Async, as a driver may also throw at once: nobody would listen to the end of the session then.
    const connecting = (async () => await driver.connect(io, io.signal))();
    return await deadline(clock, CONNECT_MS, Promise.race([connecting, over]), late);
  }

  private goLive(session: DeviceSession, io: SessionIo): void {
    this.current = 'live';
    this.parts.counters.sessions++;
    this.cause = undefined;
    void this.brownOut?.over();
    // A device without a line has nothing to say by itself, so its silence means nothing.
    if (io.hasLine) this.hearing.start();
    this.health.live();
    this.recovered();
    this.parts.log[this.inTrouble ? 'debug' : 'info']({ ...session.identity }, 'connected');
    this.parts.onLive(session, io.signal, (point) => io.confirmed(point));
    void keepChecking(session, { ...this.parts, signal: io.signal, lost: (reason) => io.lost(reason) });
  }

  private async goDown(cause: BridgeError, io: SessionIo): Promise<void> {
    const { parts } = this;
    const wasLive = this.current === 'live';
    this.current = 'closing';
    this.hearing.stop();
    // Values go unknown before the port is closed: closing a dead one can take its time.
    const closed = io.end(cause);
    parts.store.forget(parts.device);
    const tooMany = wasLive && !this.stopping && this.budget.spend();
    this.unplugged = isUnplugged(cause.code);
    this.health.lost(this.unplugged);
    if (wasLive) parts.onDown(cause);
    if (!this.stopping) this.report(cause, wasLive);
    if (tooMany) {
      parts.counters.spentBudgets++;
      parts.log.warn({}, TOO_MANY);
    }
    if (isLasting(cause.code) || this.budget.spent) this.backoff.exhaust();
    await closed;
    this.io = undefined;
  }

  private report(cause: BridgeError, wasLive: boolean): void {
    const { failures, traffic, log } = this.parts;
    this.cause = describeError(cause);
    if (wasLive && cause.code === 'port/gone') void this.brownOut?.dropped();
    failures.failed('the connection', cause);
    if (!wasLive) traffic.take();
    traffic.tell(LOSS, log);
    if (!this.budget.spent) traffic.over(LOSS);
  }

  /** The session has been well for long. */
  private proven(): void {
    this.backoff.reset();
    this.budget.refill();
    this.parts.traffic.over(LOSS);
    this.recovered();
    this.health.review();
  }
}
