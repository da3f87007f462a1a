import { fitsType, type PointSpec } from '../device/point.js';
import type { Expression } from './expression.js';
import type { DerivedResult, Store } from './store.js';

/** The device that derived points are points of. */
export const DERIVED = 'derived';

/** A point that follows from others. */
export interface Formula {
  readonly spec: PointSpec;
  readonly expression: Expression;
}

/**
 * Keeps derived points up to date: unknown as soon as one input is, stale as soon as one input is. All that follows from
 * one change is stored at once, so that nobody sees half of it.
 */
export class Derived {
  private unsubscribe: (() => void) | undefined;

  /** `formulas`: each behind those that it names. */
  constructor(
    private formulas: readonly Formula[],
    private readonly store: Store,
  ) {}

  start(): void {
    if (this.formulas.length === 0 || this.unsubscribe) return;
    this.store.add(DERIVED);
    this.store.describe(
      DERIVED,
      this.formulas.map(({ spec }) => spec),
    );
    const changed = (device: string, points: readonly string[]) => {
      if (device !== DERIVED) this.follow((input) => input.device === device && points.includes(input.point));
    };
    this.unsubscribe = this.store.subscribe({
      changed,
      quality: changed,
      described: (device) => {
        if (device !== DERIVED) this.follow((input) => input.device === device);
      },
    });
    this.follow(() => true);
    this.store.setHealth(DERIVED, 'online');
  }

  /** Follows other formulas from now on, which are known to be others. */
  replace(formulas: readonly Formula[]): void {
    this.stop();
    this.formulas = formulas;
    if (formulas.length === 0) this.store.remove(DERIVED);
    this.start();
  }

  stop(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }

  /** Calculates anew what follows from inputs that are concerned, directly or through others. */
  private follow(isConcerned: (input: { device: string; point: string }) => boolean): void {
    const fresh = new Map<string, DerivedResult>();
    for (const { spec, expression } of this.formulas) {
      const { inputs } = expression;
      const concerned = inputs.some((input) =>
        input.device === DERIVED ? fresh.has(input.point) : isConcerned(input),
      );
      if (concerned) fresh.set(spec.id, this.calculate(spec, expression, fresh));
    }
    if (fresh.size > 0) this.store.derive(DERIVED, [...fresh.values()]);
  }

  private calculate(spec: PointSpec, expression: Expression, fresh: ReadonlyMap<string, DerivedResult>): DerivedResult {
    const { inputs, evaluate } = expression;
    const saidAt = () => this.saidAt(expression);
    const now = (device: string, point: string): Pick<DerivedResult, 'value' | 'quality'> | undefined =>
      (device === DERIVED ? fresh.get(point) : undefined) ?? this.store.point(device, point);
    const value = evaluate((device, point) => now(device, point)?.value ?? null);
    if (value === null || !fitsType(spec, value)) return { point: spec.id, value: null, quality: 'unknown', saidAt };
    const stale = inputs.some(({ device, point }) => now(device, point)?.quality === 'stale');
    return { point: spec.id, value, quality: stale ? 'stale' : 'good', saidAt };
  }

  /** A result is as old as its oldest input. */
  private saidAt({ inputs }: Expression): number | undefined {
    const times = inputs.flatMap(({ device, point }) => this.store.point(device, point)?.at ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }
}
