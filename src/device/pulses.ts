import type { Clock, Timer } from '../clock.js';
import type { Value } from './point.js';

interface Pulse {
  /** What the output goes back to. */
  readonly rest: Value;
  timer: Timer | undefined;
}

/** A pulse that has begun, for whoever began it. */
export interface BegunPulse {
  /** Ends it after `ms`, unless a newer command for the point has come meanwhile. */
  endAfter(ms: number): void;
  /** It was never sent: nothing has to go back. */
  cancel(): void;
}

/** Pulses that the bridge times itself, for devices that can't: which outputs have to go back, when, and to what. */
export class Pulses {
  private readonly pulses = new Map<string, Pulse>();

  /** `end` puts an output back. */
  constructor(
    private readonly clock: Clock,
    private readonly end: (point: string, rest: Value) => void,
  ) {}

  /** A pulse is about to be sent; one that is under way for the point counts no more. */
  begin(point: string, rest: Value): BegunPulse {
    this.forget(point);
    const pulse: Pulse = { rest, timer: undefined };
    this.pulses.set(point, pulse);
    const isCurrent = () => this.pulses.get(point) === pulse;
    return {
      endAfter: (ms) => {
        if (isCurrent()) pulse.timer = this.clock.after(ms, () => this.finish(point));
      },
      cancel: () => {
        if (isCurrent()) this.pulses.delete(point);
      },
    };
  }

  /** A newer command decides what becomes of the point. */
  forget(point: string): void {
    this.pulses.get(point)?.timer?.cancel();
    this.pulses.delete(point);
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
