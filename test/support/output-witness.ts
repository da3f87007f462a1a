import { expect } from 'vitest';
import type { Value } from '../../src/device/point.js';
import type { watched } from './watched-desk.js';

/** An output that did not go back in time is told again, and a command before that may take its device's time to fail. */
const BOUND = 3_500;
/** A wish that is older than this is not carried out any more. */
const OLDEST = 2_000;

/** What an output's owner allows, as the witness judges it. */
export interface Allowed {
  readonly safe: Value;
  /** Longest time on after the last word of whoever wants it on. */
  readonly afterWord?: number;
  /** Longest time on, whatever is wanted. */
  readonly afterOn?: number;
  /** True: it may go on long after the last word: it comes back, or passes its safe value. */
  readonly byItself?: boolean;
}

interface Seen {
  /** When it went on. */
  onAt: number;
  /** When it went off. */
  restAt: number;
  /** When somebody wanted it on or held it on last. */
  wordAt: number;
  /** When somebody wanted it off last; undefined: wanted on since. */
  offAt: number | undefined;
  /** True: it went off after that. */
  obeyed: boolean;
  /** True: it was not at its safe value since the emergency stop. */
  stopped: boolean;
}

/** Looks at what a device's outputs really are, and knows what was asked for. */
export class OutputWitness {
  private readonly seen = new Map<string, Seen>();
  private halted = false;
  private wrong: unknown;
  private stoppedAt = 0;
  /** Since when the device is there and obeys. */
  private obeysSince: number | undefined;
  /** Since when nobody reaches the bridge; undefined: somebody does. */
  relayLostAt: number | undefined;

  constructor(
    private readonly desk: Awaited<ReturnType<typeof watched>>,
    private readonly allowed: Readonly<Record<string, Allowed>>,
    private readonly group: readonly string[],
    private readonly deadTime: number,
  ) {
    const { outputs } = desk.board;
    const set = outputs.set.bind(outputs);
    for (const point of Object.keys(allowed)) {
      this.seen.set(point, {
        onAt: 0,
        restAt: Number.NEGATIVE_INFINITY,
        wordAt: Number.NEGATIVE_INFINITY,
        offAt: 0,
        obeyed: false,
        stopped: false,
      });
    }
    outputs.set = (point, value) => {
      // A throw would only be a refusal of the device.
      try {
        this.moves(point, outputs.get(point), value);
      } catch (error) {
        this.wrong ??= error;
      }
      return set(point, value);
    };
  }

  /** Somebody wants an output to have a value, or holds it on. */
  asked(point: string, on: boolean): void {
    const seen = this.of(point);
    if (on) seen.wordAt = this.now;
    seen.offAt = on ? undefined : this.now;
    seen.obeyed = false;
  }

  stop(): void {
    this.halted = true;
    this.stoppedAt = this.now;
    for (const [point, seen] of this.seen) {
      seen.stopped = this.isOn(point);
      seen.offAt = this.now - OLDEST;
    }
  }

  reset(): void {
    this.halted = false;
  }

  /** Looks whether anything is on for too long; to be called every now and then. */
  look(): void {
    if (this.wrong) throw this.wrong;
    const { board, device } = this.desk;
    const obeys = device.state === 'live' && (board.manner === 'obeys' || board.manner === 'late');
    this.obeysSince = obeys ? (this.obeysSince ?? this.now) : undefined;
    if (this.obeysSince === undefined || this.now - this.obeysSince <= BOUND) return;
    for (const [point, { afterWord, afterOn }] of Object.entries(this.allowed)) {
      const { onAt, wordAt, stopped } = this.of(point);
      if (!this.isOn(point)) continue;
      if (this.now - this.stoppedAt > BOUND) expect(stopped, `${point} is on since before the stop`).toBe(false);
      if (afterWord !== undefined)
        expect(this.now - wordAt, `${point} after the last word`).toBeLessThan(afterWord + BOUND);
      if (afterOn !== undefined) expect(this.now - onAt, `${point} on`).toBeLessThan(afterOn + BOUND);
      // What was wanted a moment before may have waited for its turn.
      const lost = (this.relayLostAt ?? this.now) - OLDEST;
      if (this.now - lost > OLDEST + BOUND)
        expect(wordAt, `${point} while nobody reaches it`).toBeGreaterThanOrEqual(lost);
    }
  }

  private moves(point: string, before: Value | undefined, value: Value): void {
    const spec = this.allowed[point];
    if (!spec || before === value) return;
    const seen = this.of(point);
    if (value === spec.safe) {
      seen.stopped = false;
      seen.restAt = this.now;
      seen.obeyed = seen.offAt !== undefined;
      return;
    }
    expect(this.halted, `${point} becomes ${String(value)} between stop and reset`).toBe(false);
    expect(seen.stopped, `${point} moves without having been safe since the stop`).toBe(false);
    if (before !== spec.safe) return;
    seen.onAt = this.now;
    // Until it is off, what was wanted before may still come true.
    const { offAt = this.now, obeyed } = seen;
    expect(obeyed ? OLDEST : this.now - offAt, `${point} goes on after somebody wanted it off`).toBeLessThan(OLDEST);
    if (!spec.byItself) expect(this.now - seen.wordAt, `${point} goes on`).toBeLessThan(OLDEST);
    const others = this.group.includes(point) ? this.group.filter((other) => other !== point) : [];
    for (const other of others) {
      expect(this.isOn(other), `${other} is on while ${point} goes on`).toBe(false);
      expect(this.now - this.of(other).restAt, `${point} goes on after ${other}`).toBeGreaterThanOrEqual(this.deadTime);
    }
  }

  private isOn(point: string): boolean {
    return this.desk.board.outputs.get(point) !== this.allowed[point]?.safe;
  }

  private get now(): number {
    return this.desk.clock.now();
  }

  private of(point: string): Seen {
    return this.seen.get(point) as Seen;
  }
}
