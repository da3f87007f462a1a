import type { Clock, Timer } from '../clock.js';
import type { DeviceCommand } from '../device/device.js';
import type { Outcome } from '../device/outcome.js';
import { isSafe, type PointSpec, type Value, withinOf } from '../device/point.js';
import { nearestStep } from './coerce.js';
import type { OutputName } from './on-times.js';

/** A moving output is told its next value this often, or less often where its steps are that coarse. */
const TICK_MS = 100;

/** What a change is made with. */
export interface SlewParts {
  readonly name: OutputName;
  readonly spec: PointSpec;
  /** What the output is at; null where nobody knows. */
  said(): Value | null;
  send(command: DeviceCommand): Promise<Outcome>;
}

interface Ramp {
  timer: Timer | undefined;
  over: boolean;
}

/** Outputs on their way: a command for one that has a `slew` goes there in small steps, each confirmed by the device. */
export class Slew {
  private readonly ramps = new Map<OutputName, Ramp>();

  constructor(private readonly clock: Clock) {}

  /**
   * Sends a command, all of it at once where the output has no `slew`, or goes to its safe value. Resolves with how the first
   * step ended; the rest follows until the value is reached, a step fails, or another command comes.
   */
  async drive(parts: SlewParts, command: DeviceCommand): Promise<Outcome> {
    const { name, spec, said, send } = parts;
    const { value: goal } = command;
    this.stop(name);
    const speed = spec.rules?.slew;
    if (speed === undefined || typeof goal !== 'number' || isSafe(spec, goal)) return await send(command);
    const tick = Math.max(TICK_MS, ((spec.step ?? 0) / speed) * 1_000);
    const ramp: Ramp = { timer: undefined, over: false };
    this.ramps.set(name, ramp);
    let steppedAt = this.clock.now() - tick;
    // Where it begins is known when its turn has come: a command before it may be under way still.
    const aim = (): Value => {
      const at = said() ?? spec.safe;
      if (typeof at !== 'number') return goal;
      const now = this.clock.now();
      const next = nextOf(spec, at, goal, (speed * (now - steppedAt)) / 1_000);
      steppedAt = now;
      return next;
    };
    const follow = async () => {
      const outcome = await send({ ...command, aim, deadline: this.clock.now() + withinOf(spec) });
      if (outcome.ok && outcome.value !== goal) this.later(ramp, tick, follow);
      else this.end(name, ramp);
    };
    const first = await send({ ...command, aim });
    if (first.ok && first.value !== goal) this.later(ramp, tick, follow);
    else this.end(name, ramp);
    return first;
  }

  /** The output stays where it is, or somebody else moves it. */
  stop(name: OutputName): void {
    const ramp = this.ramps.get(name);
    if (ramp) this.end(name, ramp);
  }

  close(): void {
    for (const name of [...this.ramps.keys()]) this.stop(name);
  }

  private later(ramp: Ramp, ms: number, next: () => Promise<void>): void {
    if (!ramp.over) ramp.timer = this.clock.after(ms, () => void next());
  }

  private end(name: OutputName, ramp: Ramp): void {
    ramp.over = true;
    ramp.timer?.cancel();
    if (this.ramps.get(name) === ramp) this.ramps.delete(name);
  }
}

/** The allowed value that is at most `way` from `at`, on the way to `goal`. */
function nextOf(spec: PointSpec, at: number, goal: number, way: number): number {
  const { step } = spec;
  const far = step === undefined ? way : step * Math.max(1, Math.floor(way / step + 1e-6));
  if (Math.abs(goal - at) <= far) return goal;
  return nearestStep(spec, at + Math.sign(goal - at) * far);
}
