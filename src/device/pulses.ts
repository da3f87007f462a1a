import type { Clock, Timer } from '../clock.js';
import { NEVER_SENT, type Outcome } from './outcome.js';
import type { Value } from './point.js';

interface Pulse {
  readonly point: string;
  /** What the output goes back to. */
  readonly rest: Value;
  timer: Timer | undefined;
  /** Newer commands that are under way: they decide what becomes of it. */
  rivals: number;
  /** Its time is over. */
  over: boolean;
}

/** Pulses that the bridge times itself, for devices that can't: which outputs have to go back, when, and to what. */
export class Pulses {
  private readonly pulses = new Set<Pulse>();

  /** `end` puts an output back. */
  constructor(
    private readonly clock: Clock,
    private readonly end: (point: string, rest: Value) => void,
  ) {}

  /** Begins a pulse, and ends it after `ms` unless a newer command is carried out meanwhile; resolves when it has begun. */
  async begin(point: string, rest: Value, ms: number, send: () => Promise<Outcome>): Promise<Outcome> {
    const settle = this.yield(point);
    const pulse: Pulse = { point, rest, timer: undefined, rivals: 0, over: false };
    this.pulses.add(pulse);
    const outcome = await send();
    // Also after a failed command the output may have switched; not after one that was never sent.
    const sent = outcome.ok || !NEVER_SENT.has(outcome.code);
    settle(sent);
    if (!sent) this.drop(pulse);
    else if (this.pulses.has(pulse)) pulse.timer = this.clock.after(ms, () => this.finish(pulse));
    return outcome;
  }

  /** Sends another command for an output; the pulse that is under way ends in its time unless the device obeys. */
  async replace(point: string, send: () => Promise<Outcome>): Promise<Outcome> {
    const settle = this.yield(point);
    const outcome = await send();
    settle(outcome.ok && !outcome.replaced);
    return outcome;
  }

  /** True while an output has to go back. */
  has(point: string): boolean {
    return this.of(point).length > 0;
  }

  /** Somebody else puts the output back. */
  forget(point: string): void {
    for (const pulse of this.of(point)) this.drop(pulse);
  }

  /** Everything is put to its safe value by somebody else. */
  clear(): void {
    for (const pulse of this.pulses) this.drop(pulse);
  }

  /** The connection is lost: every pulse is over. */
  finishAll(): void {
    for (const pulse of this.pulses) {
      this.drop(pulse);
      this.end(pulse.point, pulse.rest);
    }
  }

  /** A newer command goes out; what is returned is to be told whether it took the place of what is under way. */
  private yield(point: string): (replaced: boolean) => void {
    const older = this.of(point);
    for (const pulse of older) pulse.rivals++;
    return (replaced) => {
      for (const pulse of older) {
        pulse.rivals--;
        if (replaced) this.drop(pulse);
        else if (pulse.over) this.finish(pulse);
      }
    };
  }

  private finish(pulse: Pulse): void {
    pulse.over = true;
    if (pulse.rivals > 0 || !this.pulses.has(pulse)) return;
    this.drop(pulse);
    this.end(pulse.point, pulse.rest);
  }

  private drop(pulse: Pulse): void {
    pulse.timer?.cancel();
    this.pulses.delete(pulse);
  }

  private of(point: string): Pulse[] {
    return [...this.pulses].filter((pulse) => pulse.point === point);
  }
}
