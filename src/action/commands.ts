import { type Outcome, refused } from '../device/outcome.js';
import { type Asked, Audit } from './audit.js';
import type { CommandRequest } from './command.js';
import { OutcomeCounts } from './outcome-counts.js';
import { CommandRate } from './rate.js';
import { Taps } from './taps.js';
import { TOO_MANY, Turns } from './turns.js';
import { checkArm, checkSender, checkTime, type Rules } from './validate.js';

const STOPPING = refused('offline', 'the bridge is stopping');
const LET_GO = refused('superseded', 'the button was let go');

/** Takes commands from everywhere to their devices: once each, in bounded numbers, the last wish always kept. */
export class Commands {
  private readonly taps: Taps;
  private readonly turns: Turns;
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
    this.taps = new Taps(clock);
    this.audit = new Audit(clock);
    this.rate = new CommandRate(clock);
    this.refusals = new CommandRate(clock);
    this.turns = new Turns(rules, this.rate);
  }

  /**
   * Carries a command out. Undefined when it gets no answer: its device is not ours and another bridge may answer, or its
   * sender had as many refused as it may have carried out. Never rejects.
   */
  submit(request: CommandRequest): Promise<Outcome> | undefined {
    const { fleet, store } = this.rules;
    if (!fleet.devices.has(request.device) && !store.point(request.device, request.point)) return undefined;
    const known = this.taps.outcomeOf(request);
    if (known) return known;
    const { device, point, value, pulseMs } = request;
    const asked = {
      ...request,
      what: `${device}.${point}`,
      wish: pulseMs === undefined ? value : { pulse_ms: pulseMs },
    };
    const refusal = this.turnedAway(request);
    // Strangers must not push out what is remembered of members.
    if (refusal) return this.noted(asked, this.refuse(request, refusal));
    const outcome = this.noted(asked, this.admit(request));
    if (outcome) this.taps.remember(request, outcome);
    return outcome;
  }

  /** Arms an output for its sender; undefined when that gets no answer (see `submit`). Never rejects. */
  arm(request: CommandRequest): Promise<Outcome> | undefined {
    if (!this.rules.fleet.devices.has(request.device)) return undefined;
    const asked = { ...request, what: `arm ${request.device}.${request.point}`, wish: undefined };
    return this.noted(asked, this.tryArm(request));
  }

  /** Whoever switched an output on still holds its button, or has let it go; nobody is answered. */
  hold(request: CommandRequest, held: boolean): void {
    const { device, point, from } = request;
    const { fleet, store, outputs } = this.rules;
    if (!fleet.devices.has(device)) return;
    const refusal = this.turnedAway(request) ?? (held ? checkTime(request) : undefined);
    if (refusal) {
      void this.noted({ ...request, what: `hold ${device}.${point}`, wish: held }, this.refuse(request, refusal));
      return;
    }
    // A press that still waits for its turn must not start what nobody holds any more.
    if (!held && store.point(device, point)?.spec.rules?.holdToRun) this.turns.giveUp(request, LET_GO);
    if (held) this.turns.renew(request);
    outputs.hold(device, point, from, held);
  }

  /** Lets go of the emergency stop by `release`; undefined when that gets no answer (see `submit`). Never rejects. */
  releaseStop(request: CommandRequest, release: () => void): Promise<Outcome> | undefined {
    const known = this.taps.outcomeOf(request);
    if (known) return known;
    const { hindrance } = this.rules.estop;
    const hindered = hindrance === undefined ? undefined : refused('estop', hindrance);
    const refusal = checkSender(request, this.rules) ?? checkTime(request) ?? hindered;
    const asked = { ...request, from: request.from || 'a phone', what: 'estop_reset', wish: undefined };
    if (refusal) return this.noted(asked, this.refuse(request, refusal));
    release();
    const outcome: Promise<Outcome> = Promise.resolve({ ok: true, value: true });
    this.taps.remember(request, outcome);
    return outcome;
  }

  /** True for a tap that came before: it gets the same answer, which need not be the truth any more. */
  isRepeat(request: CommandRequest): boolean {
    return this.taps.outcomeOf(request) !== undefined;
  }

  /** True for a wish that may get as far as its device: its sender may command, and there is an output of that name. */
  mayMove(request: CommandRequest): boolean {
    const spec = this.rules.store.point(request.device, request.point)?.spec;
    return spec?.role === 'actuator' && !this.turnedAway(request);
  }

  /** Takes the allowance of one answer that is cheap to provoke; false where its sender had as many as commands may be. */
  mayAnswer({ from, via }: Pick<CommandRequest, 'from' | 'via'>): boolean {
    if (via === 'local' || this.refusals.take(from) === 0) return true;
    this.unanswered++;
    return false;
  }

  private noted(asked: Asked, outcome: Promise<Outcome> | undefined): Promise<Outcome> | undefined {
    if (!outcome) return undefined;
    void this.outcomes.count(outcome);
    void this.audit.note(asked, outcome);
    return outcome;
  }

  private tryArm(request: CommandRequest): Promise<Outcome> | undefined {
    const { device, point, from } = request;
    const refusal = this.turnedAway(request);
    const verdict = refusal ? { refusal } : checkArm(request, this.rules);
    if ('refusal' in verdict) return this.refuse(request, verdict.refusal);
    if (this.rate.take(from) > 0) return this.refuse(request, TOO_MANY);
    this.rules.outputs.arming.arm(`${device}.${point}`, from, verdict.ms);
    return Promise.resolve({ ok: true, value: true });
  }

  /** Refuses every command from now on: those that wait for their turn too. */
  close(): void {
    this.closed = true;
    this.dropHeld(STOPPING);
  }

  /** Refuses every command that waits for its turn. */
  dropHeld(outcome: Outcome): void {
    this.turns.drop(outcome);
  }

  private admit(request: CommandRequest): Promise<Outcome> | undefined {
    const taken = this.turns.take(request);
    return 'refusal' in taken ? this.refuse(request, taken.refusal) : taken;
  }

  /** What speaks against a request before its content is looked at. */
  private turnedAway(request: CommandRequest): Outcome | undefined {
    return this.closed ? STOPPING : checkSender(request, this.rules);
  }

  private refuse(request: CommandRequest, refusal: Outcome): Promise<Outcome> | undefined {
    return this.mayAnswer(request) ? Promise.resolve(refusal) : undefined;
  }
}
