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
  readonly from: Value | null;
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
    const { name, spec, from, send } = parts;
    const { value } = command;
    this.stop(name);
    const speed = spec.rules?.slew;
    const start = typeof from === 'number' ? from : spec.safe;
    if (speed === undefined || isSafe(spec, value) || typeof value !== 'number' || typeof start !== 'number') {
      return await send(command);
    }
    const far = (speed * TICK_MS) / 1000;
    const stride = spec.step === undefined ? far : spec.step * Math.max(1, Math.floor(far / spec.step));
    const tick = (stride / speed) * 1000;
    if (Math.abs(value - start) <= stride) return await send(command);
    const ramp: Ramp = { timer: undefined, over: false };
    this.ramps.set(name, ramp);
    const began = this.clock.now();
    const sign = Math.sign(value - start);
    const at = (now: number) => {
      const way = stride + ((now - began) / 1000) * speed;
      const next = way >= Math.abs(value - start) ? value : nearestStep(spec, start + sign * way);
      return sign > 0 ? Math.min(next, value) : Math.max(next, value);
    };
    const follow = async () => {
      const now = this.clock.now();
      const next = at(now);
      const outcome = await send({ ...command, value: next, deadline: now + withinOf(spec) });
      if (next === value || !outcome.ok) this.end(name, ramp);
      else this.later(ramp, tick, follow);
    };
    const first = await send({ ...command, value: at(began) });
    if (first.ok) this.later(ramp, tick, follow);
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
