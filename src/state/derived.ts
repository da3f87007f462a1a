import { isDeepStrictEqual } from 'node:util';
import { fitsType, type PointSpec } from '../device/point.js';
import { describeError } from '../error.js';
import { type Log, silentLog } from '../log.js';
import type { Expression, Input, TypeOfInput } from './expression.js';
import type { DerivedResult, Store } from './store.js';

/** The device that derived points are points of. */
export const DERIVED = 'derived';

/** A point that follows from others. */
export interface Formula {
  /** But for its type, which may be that of another point. */
  readonly spec: Omit<PointSpec, 'type'>;
  readonly expression: Expression;
}

/** A point as it is described now; undefined while it is not. */
export type SpecOfInput = (device: string, point: string) => PointSpec | undefined;

/** The type of a point's values; the words of an enum are words. */
export function typesBy(specOf: SpecOfInput): TypeOfInput {
  return ({ device, point }: Input) => {
    const type = specOf(device, point)?.type;
    return type === 'enum' ? 'string' : type;
  };
}

/**
 * Derived points, as far as it is known what they are: one that takes its type from a point is not described before that one
 * is. `wrong` is told of those whose points are not what they want; they stay unknown.
 */
export function formulaSpecs(
  formulas: readonly Formula[],
  specOf: SpecOfInput,
  wrong: (id: string, message: string) => void = () => {},
): PointSpec[] {
  const specs = new Map<string, PointSpec>();
  const typeOf = typesBy((device, point) => (device === DERIVED ? specs.get(point) : specOf(device, point)));
  for (const { spec, expression } of formulas) {
    let { type } = expression;
    try {
      type = expression.typeWith(typeOf);
    } catch (error) {
      wrong(spec.id, describeError(error));
    }
    if (type) specs.set(spec.id, { ...spec, type });
  }
  return [...specs.values()];
}

/**
 * Keeps derived points up to date: unknown as soon as one input is, stale as soon as one input is. All that follows from
 * one change is stored at once, so that nobody sees half of it.
 */
export class Derived {
  private unsubscribe: (() => void) | undefined;
  /** The derived points that are described, by id. */
  private specs: ReadonlyMap<string, PointSpec> = new Map();
  /** What was said of formulas whose points are not what they want. */
  private readonly told = new Set<string>();

  /** `formulas`: each behind those that it names. */
  constructor(
    private formulas: readonly Formula[],
    private readonly store: Store,
    private readonly log: Log = silentLog,
  ) {}

  start(): void {
    if (this.formulas.length === 0 || this.unsubscribe) return;
    this.store.add(DERIVED);
    this.specs = new Map();
    this.specs = this.typed();
    this.describe();
    const changed = (device: string, points: readonly string[]) => {
      if (device !== DERIVED) this.follow((input) => input.device === device && points.includes(input.point));
    };
    this.unsubscribe = this.store.subscribe({
      changed,
      quality: changed,
      described: (device) => {
        if (device !== DERIVED) this.described(device);
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

  /** What a device has may have become other types, and with them those of what follows from it. */
  private described(device: string): void {
    const isNamed = ({ expression }: Formula) => expression.inputs.some((input) => input.device === device);
    if (!this.formulas.some(isNamed)) return;
    const specs = this.typed();
    const same = isDeepStrictEqual(specs, this.specs);
    this.specs = specs;
    if (!same) this.describe();
    this.follow((input) => !same || input.device === device);
  }

  private describe(): void {
    this.store.describe(
      DERIVED,
      this.formulas.flatMap(({ spec }) => this.specs.get(spec.id) ?? []),
    );
  }

  /** What is described once stays so, also while its points are gone. */
  private typed(): ReadonlyMap<string, PointSpec> {
    const specOf = (device: string, point: string) => this.store.point(device, point)?.spec;
    const fresh = formulaSpecs(this.formulas, specOf, (point, message) => {
      const text = `${message}; it stays unknown`;
      if (!this.told.has(`${point} ${text}`)) this.log.warn({ point: `${DERIVED}.${point}` }, text);
      this.told.add(`${point} ${text}`);
    });
    return new Map([...this.specs, ...fresh.map((spec) => [spec.id, spec] as const)]);
  }

  /** Calculates anew what follows from inputs that are concerned, directly or through others. */
  private follow(isConcerned: (input: { device: string; point: string }) => boolean): void {
    const fresh = new Map<string, DerivedResult>();
    for (const { spec: untyped, expression } of this.formulas) {
      const { inputs } = expression;
      const spec = this.specs.get(untyped.id);
      const concerned = inputs.some((input) =>
        input.device === DERIVED ? fresh.has(input.point) : isConcerned(input),
      );
      if (concerned && spec) fresh.set(spec.id, this.calculate(spec, expression, fresh));
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
