import { deadline as withDeadline } from '../clock.js';
import { DEFAULT_WITHIN_MS } from '../device/device.js';
import { type Outcome, refusalOf, refused } from '../device/outcome.js';
import { BridgeError } from '../error.js';
import type { CommandRequest } from './command.js';
import { CommandRate } from './rate.js';
import { checkCommand, checkSender, type Rules } from './validate.js';

/** A tap's outcome is remembered this long, so that a repeat gets the same answer. */
const REMEMBER_MS = 60_000;
const MAX_REMEMBERED = 4096;
/** Points of one sender whose last command may wait for its turn. */
const MAX_HELD = 16;

/** The device's queue decides first; this is for commands that wait for another one's outcome. */
const GRACE_MS = 100;

interface Held {
  readonly settle: (outcome: Outcome | Promise<Outcome>) => void;
  readonly cancel: () => void;
}

/** Takes commands from everywhere to their devices: once each, in bounded numbers, the last wish always kept. */
export class Commands {
  private readonly remembered = new Map<string, { outcome: Promise<Outcome>; at: number }>();
  private readonly held = new Map<string, Map<string, Held>>();
  private readonly rate: CommandRate;
  private closed = false;

  constructor(private readonly rules: Rules) {
    this.rate = new CommandRate(rules.clock);
  }

  /** Carries a command out; undefined when its device is not ours and another bridge may answer. Never rejects. */
  submit(request: CommandRequest): Promise<Outcome> | undefined {
    if (!this.rules.fleet.devices.has(request.device)) return undefined;
    if (request.cmd === undefined) return this.admit(request);
    const key = JSON.stringify([request.from, request.cmd]);
    const known = this.remembered.get(key);
    if (known && this.rules.clock.now() - known.at <= REMEMBER_MS) return known.outcome;
    const outcome = this.admit(request);
    this.remember(key, outcome);
    return outcome;
  }

  /** Refuses every command from now on: those that wait for their turn too. */
  close(): void {
    this.closed = true;
    this.dropHeld(refused('offline', 'the bridge is stopping'));
  }

  /** Refuses every command that waits for its turn. */
  dropHeld(outcome: Outcome): void {
    for (const points of this.held.values()) {
      for (const { settle, cancel } of points.values()) {
        cancel();
        settle(outcome);
      }
    }
    this.held.clear();
  }

  private async admit(request: CommandRequest): Promise<Outcome> {
    if (this.closed) return refused('offline', 'the bridge is stopping');
    const refusal = checkSender(request, this.rules);
    if (refusal) return refusal;
    const deadline = this.rules.clock.now() + this.within(request);
    const wait = this.rate.take(request.from);
    const older = this.unhold(request);
    const outcome = wait === 0 ? this.execute(request, deadline) : this.hold(request, deadline, wait);
    older?.settle(outcome);
    return await this.inTime(outcome, deadline);
  }

  /** An older wish that goes with its successor must not keep its phone waiting past its own time. */
  private inTime(outcome: Promise<Outcome>, deadline: number): Promise<Outcome> {
    const left = deadline - this.rules.clock.now() + GRACE_MS;
    const late = () => new BridgeError('device/timeout', 'the device was busy with a later wish');
    return withDeadline(this.rules.clock, left, outcome, late).catch(refusalOf);
  }

  /** Keeps a command until its sender's allowance is back. */
  private hold(request: CommandRequest, deadline: number, wait: number): Promise<Outcome> {
    const points = this.held.get(request.from) ?? new Map<string, Held>();
    if (points.size >= MAX_HELD) return Promise.resolve(refused('rate', 'too many commands at once'));
    this.held.set(request.from, points);
    const key = `${request.device}.${request.point}`;
    return new Promise((settle) => {
      const retry = () => {
        const more = this.rate.take(request.from);
        if (more > 0) {
          timer = this.rules.clock.after(more, retry);
          return;
        }
        this.unhold(request);
        settle(this.execute(request, deadline));
      };
      let timer = this.rules.clock.after(wait, retry);
      points.set(key, { settle, cancel: () => timer.cancel() });
    });
  }

  /** Takes back a held command of the same sender for the same point. */
  private unhold(request: CommandRequest): Held | undefined {
    const points = this.held.get(request.from);
    const key = `${request.device}.${request.point}`;
    const held = points?.get(key);
    if (!points || !held) return undefined;
    held.cancel();
    points.delete(key);
    if (points.size === 0) this.held.delete(request.from);
    return held;
  }

  private async execute(request: CommandRequest, deadline: number): Promise<Outcome> {
    const verdict = checkCommand(request, this.rules);
    if ('refusal' in verdict) return verdict.refusal;
    const { device, spec, value, pulseMs } = verdict;
    const release = this.rules.interlock.claim(`${device.id}.${spec.id}`, spec, value);
    try {
      return await device.command({
        point: spec.id,
        value,
        origin: request.from,
        deadline,
        ...(pulseMs === undefined ? {} : { pulseMs }),
      });
    } finally {
      release();
    }
  }

  private within(request: CommandRequest): number {
    return this.rules.store.point(request.device, request.point)?.spec.within ?? DEFAULT_WITHIN_MS;
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
