import type { Clock, Timer } from '../clock.js';
import type { DeviceCommand } from '../device/device.js';
import type { Outcome } from '../device/outcome.js';
import { isSafe, LEFT_MS, type PointSpec, sameValue, type Value, withinOf } from '../device/point.js';
import { nearestStep } from './coerce.js';
import type { OutputName } from './on-times.js';

/** A moving output is told its next value this often, or less often where its steps are that coarse. */
const TICK_MS = 100;

/** A step makes up for no more time than this. */
const MOST_TICKS = 2;

/** What a change is made with. */
export interface SlewParts {
  readonly name: OutputName;
  readonly spec: PointSpec;
  /** What the output is at; null where nobody knows. */
  said(): Value | null;
  send(command: DeviceCommand): Promise<Outcome>;
  /** It moves no further; with how its last step ended, and whether that was its first one. */
  ended(last: Outcome, first: boolean): void;
}

interface Ramp {
  timer: Timer | undefined;
  over: boolean;
  /** Ends the wait for the first step, where it has to wait. */
  unheard: () => void;
  /** Ends it where nothing speaks of failure. */
  readonly stopped: () => void;
}

/** Outputs on their way: a command for one that has a `slew` goes there in small steps, each confirmed by the device. */
export class Slew {
  private readonly ramps = new Map<OutputName, Ramp>();
  /** When each was moved last: whoever wants something else of it goes on at that pace. */
  private readonly steppedAt = new Map<OutputName, number>();

  constructor(private readonly clock: Clock) {}

  /**
   * Sends a command, all of it at once where the output has no `slew`, or goes to its safe value. Resolves with how the first
   * step ended; the rest follows until the value is reached, a step fails, or another command comes.
   */
  async drive(parts: SlewParts, command: DeviceCommand): Promise<Outcome> {
    const { name, spec, said, send, ended } = parts;
    const { value: goal } = command;
    this.stop(name);
    const { slew: speed, minInterval = 0 } = spec.rules ?? {};
    if (speed === undefined || typeof goal !== 'number' || isSafe(spec, goal)) {
      const outcome = await send(command);
      ended(outcome, true);
      return outcome;
    }
    const least = Math.max(TICK_MS, ((spec.step ?? 0) / speed) * 1_000);
    const tick = Math.max(least, minInterval);
    const stopped = () => ended({ ok: true, value: goal }, false);
    const ramp: Ramp = { timer: undefined, over: false, unheard: () => {}, stopped };
    this.ramps.set(name, ramp);
    const since = () => this.clock.now() - (this.steppedAt.get(name) ?? Number.NEGATIVE_INFINITY);
    let told: Value = goal;
    // Where it begins is known when its turn has come: a command before it may be under way still.
    const aim = (): Value => {
      const at = said() ?? spec.safe;
      // A machine that stood still makes up for nothing.
      const ms = since() > MOST_TICKS * tick ? least : since();
      told = typeof at === 'number' ? nextOf(spec, at, goal, (speed * ms) / 1_000) : goal;
      this.steppedAt.set(name, this.clock.now());
      return told;
    };
    const go = async (next: DeviceCommand, first: boolean): Promise<Outcome> => {
      const outcome = await send({ ...next, aim });
      if (ramp.over) return outcome;
      // What a device makes of the goal is where it ends.
      if (outcome.ok && told !== goal && !sameValue(spec, outcome.value, goal)) later(tick, follow);
      else {
        this.drop(name, ramp);
        ended(outcome, first);
      }
      return outcome;
    };
    const follow = () => void go({ ...command, deadline: this.clock.now() + withinOf(spec) }, false);
    const later = (ms: number, step: () => void) => {
      ramp.timer = this.clock.after(ms, step);
    };
    const wait = tick - since();
    if (wait <= 0) return await go(command, true);
    const at = said() ?? spec.safe;
    const there: Outcome = { ok: true, value: at ?? goal };
    if (this.clock.now() + wait + LEFT_MS > command.deadline) {
      later(wait, follow);
      return there;
    }
    return await new Promise((resolve) => {
      ramp.unheard = () => resolve(there);
      later(wait, () => resolve(go(command, true)));
    });
  }

  /** The output is no more. */
  forget(name: OutputName): void {
    this.stop(name);
    this.steppedAt.delete(name);
  }

  /** The output stays where it is, or somebody else moves it. */
  stop(name: OutputName): void {
    const ramp = this.ramps.get(name);
    if (!ramp) return;
    this.drop(name, ramp);
    ramp.unheard();
    ramp.stopped();
  }

  close(): void {
    for (const name of [...this.ramps.keys()]) this.stop(name);
  }

  private drop(name: OutputName, ramp: Ramp): void {
    ramp.over = true;
    ramp.timer?.cancel();
    this.ramps.delete(name);
  }
}

/** The allowed value that is at most `way` from `at`, on the way to `goal`. */
function nextOf(spec: PointSpec, at: number, goal: number, way: number): number {
  const { step } = spec;
  const far = step === undefined ? way : step * Math.max(1, Math.floor(way / step + 1e-6));
  if (Math.abs(goal - at) <= far) return goal;
  return nearestStep(spec, at + Math.sign(goal - at) * far);
}
