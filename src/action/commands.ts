import { deadline as withDeadline } from '../clock.js';
import { type Outcome, ofSuccessor, refusalOf, refused, supersededBy } from '../device/outcome.js';
import { withinOf } from '../device/point.js';
import { BridgeError } from '../error.js';
import { Senders } from '../senders.js';
import { Audit } from './audit.js';
import type { CommandRequest } from './command.js';
import { OutcomeCounts } from './outcome-counts.js';
import { CommandRate, MAX_SENDERS } from './rate.js';
import { checkArm, checkCommand, checkSender, checkTime, type Rules } from './validate.js';

/** A tap's outcome is remembered this long, so that a repeat gets the same answer. */
const REMEMBER_MS = 60_000;
const MAX_REMEMBERED = 4096;
/** Points of one sender whose last command may wait for its turn. */
const MAX_HELD = 16;

/** A device is left this long to confirm a command that had to wait for its turn. */
const LEFT_MS = 200;
/** The device's queue decides first; this is for commands that wait for another one's outcome. */
const GRACE_MS = 100;

/** Commands of one sender that wait for their turn. */
interface Waiting {
  count: number;
}

interface Held {
  /** `device.point`. */
  readonly name: string;
  readonly settle: (outcome: Outcome | Promise<Outcome>) => void;
  readonly cancel: () => void;
  readonly waiting: Waiting;
}

const STOPPING = refused('offline', 'the bridge is stopping');
const TOO_MANY = refused('rate', 'too many commands at once');
const GONE = refused('offline', 'the device went away meanwhile');
const EXPIRED = refused('expired', 'too many commands came before this one');

/** Takes commands from everywhere to their devices: once each, in bounded numbers, the last wish always kept. */
export class Commands {
  private readonly remembered = new Map<string, { outcome: Promise<Outcome>; at: number }>();
  /** By sender and point. */
  private readonly held = new Map<string, Held>();
  private readonly waiting: Senders<Waiting>;
  private readonly rate: CommandRate;
  private readonly refusals: CommandRate;
  private closed = false;
  /** What was asked for, by whom, and what became of it. */
  readonly audit: Audit;
  /** How many came to which end. */
  readonly outcomes = new OutcomeCounts();
  /** Commands refused without an answer, as their senders had too many refused. */
  unanswered = 0;

  constructor(private readonly rules: Rules) {
    const { clock } = rules;
    this.audit = new Audit(clock);
    this.rate = new CommandRate(clock);
    this.refusals = new CommandRate(clock);
    this.waiting = new Senders(clock, MAX_SENDERS, () => ({ count: 0 }));
  }

  /**
   * Carries a command out. Undefined when it gets no answer: its device is not ours and another bridge may answer, or its
   * sender had as many refused as it may have carried out. Never rejects.
   */
  submit(request: CommandRequest): Promise<Outcome> | undefined {
    const { fleet, store } = this.rules;
    if (!fleet.devices.has(request.device) && !store.point(request.device, request.point)) return undefined;
    if (request.cmd === undefined) return this.noted(request);
    const known = this.known(request);
    if (known) return known;
    const outcome = this.noted(request);
    if (outcome) this.remember(tapOf(request), outcome);
    return outcome;
  }

  /** Arms an output for its sender; undefined when that gets no answer (see `submit`). Never rejects. */
  arm(request: CommandRequest): Promise<Outcome> | undefined {
    const { fleet, outputs } = this.rules;
    if (!fleet.devices.has(request.device)) return undefined;
    const { device, point, from, via } = request;
    const asked = { from, via, what: `arm ${device}.${point}`, wish: undefined };
    const refusal = this.closed ? STOPPING : checkSender(request, this.rules);
    const verdict = refusal ? { refusal } : checkArm(request, this.rules);
    if ('refusal' in verdict) return this.refuse(request, verdict.refusal);
    if (this.rate.take(from) > 0) return this.refuse(request, TOO_MANY);
    outputs.arming.arm(`${device}.${point}`, from, verdict.ms);
    const outcome: Outcome = { ok: true, value: true };
    void this.audit.note(asked, outcome);
    return Promise.resolve(outcome);
  }

  /** Whoever switched an output on still holds its button, or has let it go; nobody is answered. */
  hold(request: CommandRequest, held: boolean): void {
    if (this.closed || checkSender(request, this.rules) || (held && checkTime(request))) return;
    this.rules.outputs.hold(request.device, request.point, request.from, held);
  }

  /** True for a tap that came before: it gets the same answer, which need not be the truth any more. */
  isRepeat(request: CommandRequest): boolean {
    return this.known(request) !== undefined;
  }

  private known(request: CommandRequest): Promise<Outcome> | undefined {
    if (request.cmd === undefined) return undefined;
    const known = this.remembered.get(tapOf(request));
    return known && this.rules.clock.now() - known.at <= REMEMBER_MS ? known.outcome : undefined;
  }

  private noted(request: CommandRequest): Promise<Outcome> | undefined {
    const { device, point, value, pulseMs, from, via } = request;
    const outcome = this.admit(request);
    const wish = pulseMs === undefined ? value : { pulse_ms: pulseMs };
    if (!outcome) return undefined;
    void this.outcomes.count(outcome);
    void this.audit.note({ from, via, what: `${device}.${point}`, wish }, outcome);
    return outcome;
  }

  /** Refuses every command from now on: those that wait for their turn too. */
  close(): void {
    this.closed = true;
    this.dropHeld(STOPPING);
  }

  /** Refuses every command that waits for its turn. */
  dropHeld(outcome: Outcome): void {
    for (const key of [...this.held.keys()]) this.unhold(key)?.settle(outcome);
  }

  private admit(request: CommandRequest): Promise<Outcome> | undefined {
    const refusal = this.closed ? STOPPING : checkSender(request, this.rules);
    if (refusal) return this.refuse(request, refusal);
    const key = keyOf(request);
    // A wish that can't be carried out must not push out one that can.
    const rivals = this.held.size > 0 ? this.rivalsOf(request) : [];
    const verdict = this.held.has(key) || rivals.length > 0 ? checkCommand(request, this.rules) : undefined;
    if (verdict && 'refusal' in verdict && verdict.wait === undefined) return this.refuse(request, verdict.refusal);
    const deadline = this.rules.clock.now() + this.within(request);
    const wait = this.rate.take(request.from);
    const waiting = this.waiting.of(request.from);
    const older = this.unhold(key);
    if (wait > 0 && !older && waiting.count >= MAX_HELD) return this.refuse(request, TOO_MANY);
    const outcome = wait === 0 ? this.execute(request, deadline) : this.keep(request, deadline, wait);
    older?.settle(ofSuccessor(outcome));
    for (const rival of rivals) this.unhold(rival)?.settle(supersededBy(request.from));
    return this.inTime(outcome, deadline);
  }

  /** Refusals are cheap to provoke, so they are answered at the pace of commands only. */
  private refuse(request: CommandRequest, refusal: Outcome): Promise<Outcome> | undefined {
    if (request.via === 'local' || this.refusals.take(request.from) === 0) return Promise.resolve(refusal);
    this.unanswered++;
    return undefined;
  }

  /** An older wish that goes with its successor must not keep its phone waiting past its own time. */
  private inTime(outcome: Promise<Outcome>, deadline: number): Promise<Outcome> {
    const left = deadline - this.rules.clock.now() + GRACE_MS;
    const late = () => new BridgeError('device/timeout', 'the device was busy with a later wish');
    return withDeadline(this.rules.clock, left, outcome, late).catch(refusalOf);
  }

  /** Keeps a command until its sender's allowance is back, or its output may be commanded again, but not beyond its deadline. */
  private keep(request: CommandRequest, deadline: number, wait: number): Promise<Outcome> {
    const { clock, fleet } = this.rules;
    const key = keyOf(request);
    const device = fleet.devices.get(request.device);
    const connection = device?.connection;
    const waiting = this.waiting.of(request.from);
    const name = `${request.device}.${request.point}`;
    return new Promise((settle) => {
      const again = (ms: number) => clock.after(Math.min(ms, deadline - clock.now()), retry);
      const retry = () => {
        const expired = clock.now() >= deadline;
        const more = expired ? 0 : this.rate.take(request.from);
        if (more > 0) {
          timer = again(more);
          return;
        }
        this.unhold(key);
        const gone = device?.connection !== connection;
        settle(expired ? EXPIRED : gone ? GONE : this.execute(request, deadline));
      };
      let timer = again(wait);
      waiting.count++;
      this.held.set(key, { name, settle, cancel: () => timer.cancel(), waiting });
    });
  }

  /** Takes a held command back. */
  private unhold(key: string): Held | undefined {
    const held = this.held.get(key);
    if (!held) return undefined;
    held.cancel();
    held.waiting.count--;
    this.held.delete(key);
    return held;
  }

  private async execute(request: CommandRequest, deadline: number): Promise<Outcome> {
    const { outputs, clock } = this.rules;
    const verdict = checkCommand(request, this.rules);
    if ('refusal' in verdict) {
      const { refusal, wait } = verdict;
      const late = wait === undefined || clock.now() + wait + LEFT_MS > deadline;
      return late || this.waiting.of(request.from).count >= MAX_HELD
        ? refusal
        : await this.keep(request, deadline, wait);
    }
    const { device, spec, value, pulseMs } = verdict;
    const timed = pulseMs === undefined ? {} : { pulseMs };
    const command = { point: spec.id, value, origin: request.from, deadline, ...timed };
    return await outputs.drive({ device, spec, command, lease: request.lease });
  }

  /** Commands of others that wait for the same output: the last one that is accepted wins. */
  private rivalsOf(request: CommandRequest): string[] {
    const name = `${request.device}.${request.point}`;
    const own = keyOf(request);
    return [...this.held].filter(([key, held]) => held.name === name && key !== own).map(([key]) => key);
  }

  private within(request: CommandRequest): number {
    return withinOf(this.rules.store.point(request.device, request.point)?.spec);
  }

  private remember(key: string, outcome: Promise<Outcome>): void {
    const now = this.rules.clock.now();
    for (const [old, { at }] of this.remembered) {
      if (now - at <= REMEMBER_MS && this.remembered.size < MAX_REMEMBERED) break;
      this.remembered.delete(old);
    }
    this.remembered.set(key, { outcome, at: now });
  }
}

/** One tap of one sender. */
function tapOf({ from, cmd }: CommandRequest): string {
  return JSON.stringify([from, cmd]);
}

/** A sender's wish for a point. */
function keyOf({ from, device, point }: CommandRequest): string {
  return JSON.stringify([from, device, point]);
}
