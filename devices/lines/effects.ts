import type { Clock } from '../../src/clock.js';
import { type PointSpec, sameValue, type Value } from '../../src/device/point.js';

/** Most commands of a point whose effects are waited for; the oldest is forgotten first. */
const MAX_DUE = 32;

/** The effect of a command that was written and not confirmed yet. */
export interface Effect {
  readonly value: Value;
  /** `Clock.now()` after which it does not come any more. */
  readonly until: number;
}

/**
 * Remembers what is still to come of earlier commands. A slow board goes on saying the old value for a while, and if that
 * is what the latest command wants, it proves nothing: the board will obey the earlier one first.
 */
export class Effects {
  /** By point, in the order of the writes. */
  private readonly due = new Map<string, Effect[]>();

  constructor(private readonly clock: Clock) {}

  /** Says that a command is being written which takes effect `within` milliseconds. */
  expect(point: string, value: Value, within: number): Effect {
    const effect = { value, until: this.clock.now() + within };
    this.due.set(point, [...this.left(point), effect].slice(-MAX_DUE));
    return effect;
  }

  /** Hears what the board says of a point: what it says is done. */
  said(spec: PointSpec, value: Value | null): void {
    if (!this.due.has(spec.id)) return;
    const left = this.left(spec.id);
    const next = left.findIndex((effect) => !sameValue(spec, effect.value, value));
    if (next < 0) this.due.delete(spec.id);
    else this.due.set(spec.id, left.slice(next));
  }

  /** True while a command before this one may still take effect. */
  doubtful(point: string, effect: Effect): boolean {
    return this.left(point).indexOf(effect) > 0;
  }

  private left(point: string): Effect[] {
    const now = this.clock.now();
    return (this.due.get(point) ?? []).filter(({ until }) => until > now);
  }
}
