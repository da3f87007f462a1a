import type { Clock, Timer } from '../clock.js';
import type { Outcome, RefusalCode } from './outcome.js';
import type { Value } from './point.js';

interface Pulse {
  /** What the output goes back to. */
  readonly rest: Value;
  timer: Timer | undefined;
}

/** Refusals after which the device may have carried the command out all the same. */
const SENT: ReadonlySet<RefusalCode> = new Set(['timeout', 'mismatch', 'device_refused']);

/** Pulses that the bridge times itself, for devices that can't: which outputs have to go back, when, and to what. */
export class Pulses {
  private readonly pulses = new Map<string, Pulse>();

  /** `end` puts an output back. */
  constructor(
    private readonly clock: Clock,
    private readonly end: (point: string, rest: Value) => void,
  ) {}

  /** Begins a pulse, and ends it after `ms` unless a newer command for the point comes meanwhile; resolves when it has begun. */
  async send(point: string, rest: Value, ms: number, begin: () => Promise<Outcome>): Promise<Outcome> {
    const pulse: Pulse = { rest, timer: undefined };
    this.pulses.set(point, pulse);
    const outcome = await begin();
    if (this.pulses.get(point) !== pulse) return outcome;
    // Also after a failed command the output may have switched; not after one that was never sent.
    if (outcome.ok || SENT.has(outcome.code)) pulse.timer = this.clock.after(ms, () => this.finish(point));
    else this.pulses.delete(point);
    return outcome;
  }

  /** A newer command decides what becomes of the point. */
  forget(point: string): void {
    this.pulses.get(point)?.timer?.cancel();
    this.pulses.delete(point);
  }

  /** What ends the pulse that is under way now, if it still is by then. */
  over(point: string): () => void {
    const pulse = this.pulses.get(point);
    return () => {
      if (this.pulses.get(point) === pulse) this.forget(point);
    };
  }

  /** Everything is put to its safe value by somebody else. */
  clear(): void {
    for (const point of [...this.pulses.keys()]) this.forget(point);
  }

  /** The connection is lost: every pulse is over. */
  finishAll(): void {
    for (const point of [...this.pulses.keys()]) this.finish(point);
  }

  private finish(point: string): void {
    const pulse = this.pulses.get(point);
    this.forget(point);
    if (pulse) this.end(point, pulse.rest);
  }
}
