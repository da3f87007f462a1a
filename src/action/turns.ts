import { deadline as withDeadline } from '../clock.js';
import { type Outcome, ofSuccessor, refusalOf, refused, supersededBy } from '../device/outcome.js';
import { LEFT_MS, withinOf } from '../device/point.js';
import { BRIDGE_ORIGIN } from '../device/safe-keeper.js';
import { BridgeError } from '../error.js';
import { Senders } from '../senders.js';
import type { CommandRequest } from './command.js';
import { leaseOf } from './leases.js';
import { type CommandRate, MAX_SENDERS } from './rate.js';
import { checkCommand, checkSender, type Rules, wantsSafe } from './validate.js';

/** Points of one sender whose last command may wait for its turn. */
const MAX_HELD = 16;

/** The device's queue decides first; this is for commands that wait for another one's outcome. */
const GRACE_MS = 100;

/** Commands of one sender that wait for their turn. */
interface Waiting {
  count: number;
}

interface Held {
  /** Whoever holds the button, or the stick, is there still. */
  readonly renew: () => void;
  /** `device.point`. */
  readonly name: string;
  readonly settle: (outcome: Outcome | Promise<Outcome>) => void;
  readonly cancel: () => void;
  readonly waiting: Waiting;
}

/** Why a command is refused whose sender has too many. */
export const TOO_MANY = refused('rate', 'too many commands at once');
const GONE = refused('offline', 'the device went away meanwhile');
const EXPIRED = refused('expired', 'its turn did not come in time');

/** The turns of commands: what can't be carried out at once waits in bounded numbers, of each sender the last wish for a point. */
export class Turns {
  /** By sender and point. */
  private readonly held = new Map<string, Held>();
  private readonly waiting: Senders<Waiting>;

  /** `rate`: how many commands each sender may have carried out. */
  constructor(
    private readonly rules: Rules,
    private readonly rate: CommandRate,
  ) {
    this.waiting = new Senders(rules.clock, MAX_SENDERS, () => ({ count: 0 }));
  }

  /** Carries a command out as soon as its sender may have one more and its output takes it; a refusal says why not at all. */
  take(request: CommandRequest): Promise<Outcome> | { readonly refusal: Outcome } {
    const name = `${request.device}.${request.point}`;
    const safe = wantsSafe(request, this.rules);
    // It may be away, or not obey: what was wished before must not come back for that.
    if (safe) this.rules.outputs.wishes.takeBack(name);
    const key = keyOf(request);
    // A wish that can't be carried out must not push out one that can.
    const rivals = this.rivalsOf(name, key);
    const verdict = this.held.has(key) || rivals.length > 0 ? checkCommand(request, this.rules) : undefined;
    if (verdict && 'refusal' in verdict && verdict.wait === undefined) return verdict;
    const spec = this.rules.store.point(request.device, request.point)?.spec;
    const deadline = this.rules.clock.now() + withinOf(spec);
    // Whoever holds it is there still, whenever its turn comes.
    if (!safe) this.rules.outputs.renew(name, request.from, request.lease);
    // What comes back by itself does so however much there is of it.
    const left = request.from === BRIDGE_ORIGIN ? 0 : this.rate.take(payerOf(request));
    // Whoever sent too much may still switch off what is on.
    const wait = safe && !this.rules.outputs.isAtRest(name) ? 0 : left;
    const waiting = this.waiting.of(request.from);
    const older = this.unhold(key);
    if (wait > 0 && !older && waiting.count >= MAX_HELD) return { refusal: TOO_MANY };
    const now = this.rules.clock.now();
    const outcome = wait === 0 ? this.execute(request, deadline, now) : this.keep(request, deadline, wait);
    older?.settle(ofSuccessor(outcome));
    for (const rival of rivals) this.unhold(rival)?.settle(supersededBy(request.from));
    return this.inTime(outcome, deadline);
  }

  /** Ends the wait of a sender's wish for a point, if there is one, with `outcome`. */
  giveUp(request: CommandRequest, outcome: Outcome): void {
    this.unhold(keyOf(request))?.settle(outcome);
  }

  /** Whoever wants it holds its button still. */
  renew(request: CommandRequest): void {
    this.held.get(keyOf(request))?.renew();
  }

  /** Ends every wait with `outcome`. */
  drop(outcome: Outcome): void {
    for (const key of [...this.held.keys()]) this.unhold(key)?.settle(outcome);
  }

  /** An older wish that goes with its successor must not keep its phone waiting past its own time. */
  private inTime(outcome: Promise<Outcome>, deadline: number): Promise<Outcome> {
    const left = deadline - this.rules.clock.now() + GRACE_MS;
    const late = () => new BridgeError('device/timeout', 'the device was busy with a later wish');
    return withDeadline(this.rules.clock, left, outcome, late).catch(refusalOf);
  }

  /**
   * Keeps a command until its sender's allowance is back, or its output may be commanded again, but not beyond its deadline or
   * its lease.
   */
  private keep(request: CommandRequest, deadline: number, wait: number): Promise<Outcome> {
    const { clock, fleet, store } = this.rules;
    const key = keyOf(request);
    const device = fleet.devices.get(request.device);
    const lease = leaseOf(store.point(request.device, request.point)?.spec, request.lease) ?? Number.POSITIVE_INFINITY;
    let heardAt = clock.now();
    const connection = device?.connection;
    const waiting = this.waiting.of(request.from);
    const name = `${request.device}.${request.point}`;
    return new Promise((settle) => {
      const again = (ms: number) => clock.after(Math.min(ms, deadline - clock.now()), retry);
      const retry = () => {
        const expired = clock.now() >= Math.min(deadline, heardAt + lease);
        const more = expired ? 0 : this.rate.take(payerOf(request));
        if (more > 0) {
          timer = again(more);
          return;
        }
        this.unhold(key);
        const gone = fleet.devices.get(request.device) !== device || device?.connection !== connection;
        // Another config may let its sender look only.
        const refusal = expired ? EXPIRED : gone ? GONE : checkSender(request, this.rules);
        settle(refusal ?? this.execute(request, deadline, heardAt));
      };
      const renew = () => {
        heardAt = clock.now();
      };
      let timer = again(wait);
      waiting.count++;
      this.held.set(key, { name, settle, renew, cancel: () => timer.cancel(), waiting });
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

  /** `heardAt`: when its sender was heard last. */
  private async execute(request: CommandRequest, deadline: number, heardAt: number): Promise<Outcome> {
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
    return await outputs.drive({ device, spec, command, lease: request.lease, heardAt });
  }

  /** Commands of others that wait for the same output: the last one that is accepted wins. */
  private rivalsOf(name: string, own: string): string[] {
    return [...this.held].filter(([key, held]) => held.name === name && key !== own).map(([key]) => key);
  }
}

/** A sender's wish for a point. */
function keyOf({ from, device, point }: CommandRequest): string {
  return JSON.stringify([from, device, point]);
}

/** Whose allowance a command takes. */
function payerOf({ allowance, from }: CommandRequest): string {
  return allowance ?? from;
}
