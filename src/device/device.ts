import { BridgeError, describeError } from '../error.js';
import { FailureLog } from '../failure-log.js';
import type { Log } from '../log.js';
import { Answers } from './answers.js';
import { CommandQueue, type QueuedCommand } from './command-queue.js';
import { type DeviceCounters, newCounters } from './counters.js';
import type { Command, Confirmed, DeviceIdentity, DeviceSession } from './driver.js';
import type { DriverKind } from './driver-kind.js';
import { type Outcome, refused } from './outcome.js';
import { Owed } from './owed.js';
import { isSafe } from './point.js';
import { Pulses } from './pulses.js';
import { SafeKeeper } from './safe-keeper.js';
import { type SafeOutput, safeOutputs } from './safe-outputs.js';
import { startSafe } from './safe-start.js';
import { strokeSafe } from './safe-stroke.js';
import { Supervisor, type SupervisorParts, type SupervisorState } from './supervisor.js';
import { Traffic } from './traffic.js';

/** What a device's supervisor is told by the device itself. */
type Inner = 'device' | 'failures' | 'traffic' | 'counters' | 'deaf' | 'quarantined' | 'meets' | 'onLive' | 'onDown';

/** What a device is built from. */
export interface DeviceParts extends Omit<SupervisorParts, Inner> {
  id: string;
  kind: Pick<DriverKind, 'kind' | 'inFlight' | 'pulses'>;
  /** Says what tells its board from others; throws where it is not the one that is meant: no command reaches it then. */
  meets?(identity: DeviceIdentity): string;
  /** False while the device's outputs wait for its owner's consent. */
  approved?: boolean;
  /** True while the emergency stop is latched; nobody stops anything where absent. */
  stopped?(): boolean;
}

/** A command for a device, already checked against its point. */
export type DeviceCommand = QueuedCommand;

/** One device: its connection, its commands, its outputs' safety. */
export class Device {
  readonly id: string;
  readonly kind: string;
  readonly traffic: Traffic;
  readonly counters: DeviceCounters = newCounters();
  /** False while the outputs wait for their owner's consent. */
  approved: boolean;
  /** True once its owner wants it no longer: it takes no command any more. */
  retired = false;

  private session: DeviceSession | undefined;
  private readonly owed: Owed;
  /** What tells the board that answered last, with its points, from others. */
  private board = '';
  private readonly stopped = () => this.owed.current.missedStop || (this.parts.stopped?.() ?? false);
  /** Which connection to the device this is, counted from the start; 0 before the first one. */
  connection = 0;
  /** Tells the filters of a session that a command was confirmed. */
  private confirmed: (point: string) => void = () => {};
  /** Tells the check of a new connection that an output was put to a value. */
  private settled: (point: string) => void = () => {};
  private readonly supervisor: Supervisor;
  private readonly answers: Answers;
  private readonly queue: CommandQueue;
  private readonly pulses: Pulses;
  private readonly keeper: SafeKeeper;
  private readonly log: Log;

  constructor(private readonly parts: DeviceParts) {
    this.id = parts.id;
    this.kind = parts.kind.kind;
    this.approved = parts.approved ?? true;
    this.owed = new Owed(parts.stopped?.() ?? false);
    this.log = parts.log.child({ device: parts.id });
    this.traffic = new Traffic(parts.clock);
    this.queue = new CommandQueue((command, signal) => this.apply(command, signal), parts.kind.inFlight, parts.clock);
    this.keeper = new SafeKeeper({
      ...parts,
      device: parts.id,
      owed: this.owed,
      log: this.log,
      connected: () => this.session !== undefined,
      busy: (point) => this.queue.busy(point),
      submit: (command) => this.submit(command),
    });
    this.pulses = new Pulses(parts.clock, (point, value) => this.keeper.bring(point, value));
    parts.store.add(parts.id);
    this.answers = new Answers({
      ...parts,
      device: parts.id,
      log: this.log,
      counters: this.counters,
      reopen: (reason) => this.supervisor.reopen(reason),
      changed: () => this.supervisor.review(),
    });
    this.supervisor = new Supervisor({
      ...parts,
      device: parts.id,
      log: this.log,
      failures: new FailureLog(this.log, parts.clock),
      traffic: this.traffic,
      counters: this.counters,
      deaf: () => this.answers.trouble !== undefined,
      quarantined: () => !this.approved,
      stopped: this.stopped,
      meets: ({ identity }) => {
        this.board = `${parts.meets?.(identity) ?? identity.id} ${identity.manifest}`;
      },
      onLive: (session, signal, confirmed) => this.onLive(session, signal, confirmed),
      onDown: (cause) => this.onDown(cause),
    });
  }

  get state(): SupervisorState {
    return this.retired ? 'closing' : this.supervisor.state;
  }

  /** Why the device is not connected, or hears nothing, in a line for people; undefined while all is well. */
  get trouble(): string | undefined {
    return this.supervisor.trouble ?? this.answers.trouble;
  }

  /** What the connected device says of itself. */
  get identity(): DeviceIdentity | undefined {
    return this.session?.identity;
  }

  /** Whether the outputs may be switched from now on. */
  setApproved(approved: boolean): void {
    this.approved = approved;
    this.supervisor.review();
  }

  start(): void {
    this.supervisor.start();
  }

  /** Ends everything; commands that wait are refused. */
  async stop(): Promise<void> {
    this.queue.clear('offline', 'the bridge is stopping');
    this.pulses.clear();
    this.keeper.close();
    await this.supervisor.stop();
  }

  /** Carries out a command; resolves with how it ended. A pulse resolves when it has begun. */
  async command(command: DeviceCommand): Promise<Outcome> {
    if (!this.session || this.retired) return refused('offline', `${this.id} is not connected`);
    const { point, pulseMs, ...rest } = command;
    const refusal = this.answers.refusal(point, command.value);
    if (refusal) return refusal;
    const spec = this.parts.store.point(this.id, point)?.spec;
    const timed = pulseMs !== undefined && !this.parts.kind.pulses && !(spec && isSafe(spec, command.value));
    const settle = this.keeper.yield(point);
    const outcome = timed
      ? await this.pulses.begin(point, spec?.safe ?? !command.value, pulseMs, () => this.submit({ point, ...rest }))
      : await this.pulses.replace(point, () => this.submit(command));
    if (outcome.ok && !outcome.replaced) settle();
    return outcome;
  }

  /**
   * Puts every output to its safe value at once, before anything that waits, which is refused with `code`.
   * Resolves with the points that did not confirm within a second.
   */
  async safeAll(code: 'estop' | 'offline', message: string): Promise<string[]> {
    // At the stop, what its owner wants to stay as it is stays, unless it was to go back; an emergency spares nothing.
    const stays = ({ id, holds }: SafeOutput) =>
      code !== 'estop' && holds === true && !this.pulses.has(id) && !this.keeper.isDue(id);
    const outputs = safeOutputs(this.parts.store, this.id).filter((output) => !stays(output));
    this.queue.clear(code, message);
    this.pulses.clear();
    const { session } = this;
    const points = outputs.map(({ id }) => id);
    if (code === 'estop') this.owed.stop(session !== undefined);
    if (!session) return points;
    const failed: string[] = [];
    await strokeSafe({
      session,
      outputs,
      all: outputs.length === safeOutputs(this.parts.store, this.id).length,
      clock: this.parts.clock,
      failed: (concerned, error) => this.unsafe(failed, concerned, error),
    });
    // An emergency stop that nobody confirmed is not given up.
    const insist = code === 'estop' ? outputs.filter(({ id }) => failed.includes(id)) : [];
    for (const { id, safe } of insist) this.keeper.bring(id, safe);
    return failed;
  }

  /** Puts an output to its safe value, before whatever waits for it, and again until it is seen there. */
  putSafe(point: string): void {
    const safe = this.parts.store.point(this.id, point)?.spec.safe;
    this.pulses.forget(point);
    if (safe !== undefined) this.keeper.bring(point, safe);
  }

  /** True while an output goes back to its safe value and was not seen there. */
  isGoingSafe(point: string): boolean {
    return this.keeper.isDue(point);
  }

  private unsafe(failed: string[], points: readonly string[], error: unknown): void {
    failed.push(...points);
    for (const point of points) this.traffic.tell(`${point} failed`, this.log);
    this.log.error({ points }, `safe value not confirmed: ${describeError(error)}`);
  }

  /** Queues a command; where the device did not do as it was told, the last lines of its wire go to the log, once. */
  private async submit(command: DeviceCommand): Promise<Outcome> {
    const outcome = await this.queue.submit(command);
    const what = `${command.point} failed`;
    if (outcome.ok) {
      this.traffic.over(what);
      this.settled(command.point);
    } else if (outcome.code === 'timeout' || outcome.code === 'mismatch') this.traffic.tell(what, this.log);
    return outcome;
  }

  private async apply(command: Command, signal: AbortSignal): Promise<Confirmed> {
    if (!this.session) throw new BridgeError('device/lost', `${this.id} is not connected`);
    const { confirmed, session } = this;
    const outcome = await this.answers.to(command, () => session.apply(command, signal));
    confirmed(command.point);
    return outcome;
  }

  private onLive(session: DeviceSession, signal: AbortSignal, confirmed: (point: string) => void): void {
    this.session = session;
    this.connection++;
    this.confirmed = confirmed;
    this.owed.meet(this.board, this.approved);
    this.keeper.resume();
    const debts = this.owed.current;
    this.settled = startSafe({
      device: this.id,
      first: this.connection === 1,
      store: this.parts.store,
      clock: this.parts.clock,
      signal,
      stopped: this.stopped(),
      judged: () => {
        debts.missedStop = false;
      },
      makeSafe: (point, value) => {
        if (!this.queue.busy(point)) this.keeper.bring(point, value);
      },
    });
    this.parts.store.connect(this.id, this.connection === 1);
  }

  private onDown(cause: BridgeError): void {
    this.session = undefined;
    this.answers.lost();
    this.pulses.finishAll();
    this.queue.clear('offline', `${this.id} went away: ${cause.message}`);
  }
}
