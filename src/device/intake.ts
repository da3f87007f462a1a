import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { Chain, type MakeStage } from '../state/filters/chain.js';
import { makersOf } from '../state/filters/options.js';
import { rangeCheck } from '../state/filters/range.js';
import type { Store } from '../state/store.js';
import { type OutputPointOptions, outputProblems, ruledSpec } from './output-options.js';
import { fitsType, type PointSpec, type Reading, type Value } from './point.js';
import { publishedSpec, type ReadingOptions, readingProblems } from './reading-options.js';

/** What the readings of a device are to pass. */
export interface ReadingRules {
  readonly points: ReadonlyMap<string, ReadingOptions>;
  /** True: the limits of its points come from the device itself. */
  readonly ownLimits: boolean;
}

/** What an intake is built from. */
export interface IntakeParts {
  device: string;
  store: Store;
  clock: Clock;
  log: Log;
  readings?: ReadingRules | undefined;
  /** What the owner of its outputs allows, by point; nothing where absent. */
  outputs?: ReadonlyMap<string, OutputPointOptions> | undefined;
  /** A sensor said something outside of its range. */
  outOfRange(): void;
}

/** A point with something between the device's word and the store. */
interface Watched {
  /** As the device has it. */
  readonly spec: PointSpec;
  readonly chain: Chain;
}

/** Takes what a device says in one session to the store, through the filters of its points; most points have none. */
export class Intake {
  private readonly watched = new Map<string, Watched>();
  /** What came out of filters while a report is taken in, so that what belongs together stays so. */
  private batch: Reading[] | undefined;
  /** Points that the device was said not to have. */
  private readonly strangers = new Set<string>();
  private ended = false;

  constructor(private readonly parts: IntakeParts) {}

  /** Says which points the device has; one that is the same as before keeps what its filters know. */
  describe(described: readonly PointSpec[]): void {
    const { store, device, readings } = this.parts;
    const specs = described.map((spec) => this.ruled(spec));
    const before = new Map(this.watched);
    this.watched.clear();
    for (const spec of specs) {
      const old = before.get(spec.id);
      const watched = old && isDeepStrictEqual(old.spec, spec) ? old : this.watch(spec);
      if (watched) this.watched.set(spec.id, watched);
      if (watched === old) before.delete(spec.id);
    }
    for (const { chain } of before.values()) chain.reset();
    this.tellStrangers(specs);
    const rules = readings?.points;
    store.describe(
      device,
      rules ? specs.map((spec) => publishedSpec(spec, rules.get(spec.id) ?? {}, readings.ownLimits)) : specs,
    );
  }

  /** Takes in what the device said; values of unknown points or of a wrong type are returned. */
  report(readings: readonly Reading[]): Reading[] {
    const { store, device, clock } = this.parts;
    if (this.watched.size === 0) return store.report(device, readings);
    const refused: Reading[] = [];
    const heard: Reading[] = [];
    const batch: Reading[] = [];
    const at = clock.now();
    this.batch = batch;
    for (const reading of readings) {
      const { point, value } = reading;
      const watched = this.watched.get(point);
      if (!watched) batch.push(reading);
      else if (value !== null && !fitsType(watched.spec, value)) refused.push(reading);
      else {
        if (watched.spec.role === 'actuator') heard.push(reading);
        watched.chain.take(value, at);
      }
    }
    this.batch = undefined;
    if (heard.length > 0) store.hear(device, heard);
    return [...refused, ...store.report(device, batch)];
  }

  /** A command was confirmed: what the device says of the point now is its value, and its filters begin anew. */
  confirmed(point: string): void {
    const { store, device, clock } = this.parts;
    const watched = this.watched.get(point);
    const value = store.said(device, point);
    if (!watched || value === undefined || this.ended) return;
    watched.chain.restart(clock.now());
    store.report(device, [{ point, value }]);
  }

  /** The session is over: nothing comes out any more. */
  end(): void {
    this.ended = true;
    for (const { chain } of this.watched.values()) chain.reset();
  }

  /** An output with what its owner allows, but for what is not for it, which is said. */
  private ruled(spec: PointSpec): PointSpec {
    const { outputs, log } = this.parts;
    const options = outputs?.get(spec.id);
    if (!options) return spec;
    const fitting = { ...options };
    for (const { key, message } of outputProblems(options, spec)) {
      log.warn({ point: spec.id }, `${message}; that is ignored`);
      delete fitting[key];
    }
    return ruledSpec(spec, fitting);
  }

  /** Says which points it is told about that the device does not have; of outputs more is said. */
  private tellStrangers(specs: readonly PointSpec[]): void {
    const { readings, outputs, log } = this.parts;
    const ids = new Set(specs.map(({ id }) => id));
    for (const point of readings?.points.keys() ?? []) {
      if (ids.has(point) || outputs?.has(point) || this.strangers.has(point)) continue;
      this.strangers.add(point);
      log.warn({ point }, 'the device has no such point; its filters and the like have no effect');
    }
  }

  /** What stands between this point and the store; undefined where that is nothing. */
  private watch(spec: PointSpec): Watched | undefined {
    const { readings, log } = this.parts;
    const options = readings?.points.get(spec.id) ?? {};
    const end = (value: Value | null, at: number) => this.passOn({ point: spec.id, value }, at);
    const problems = readingProblems(options, spec);
    for (const { path, message } of problems) log.warn({ point: spec.id }, `${path.join('.')}: ${message}`);
    if (problems.some(({ path }) => path[0] === 'filters')) {
      log.warn({ point: spec.id }, 'stays unknown, as its filters can not be applied');
      return { spec, chain: new Chain([(emit) => ({ take: (_, at) => emit(null, at), reset: () => {} })], end) };
    }
    const makers = this.makers(spec, options);
    return makers.length === 0 ? undefined : { spec, chain: new Chain(makers, end) };
  }

  /** The filters; among them the check of the range. */
  private makers(spec: PointSpec, { filters = [], outOfRange = 'keep' }: ReadingOptions): MakeStage[] {
    const { clock, readings } = this.parts;
    const { min, max } = publishedSpec(spec, { filters }, readings?.ownLimits ?? false);
    if (spec.role !== 'sensor' || spec.type !== 'number' || (min === undefined && max === undefined)) {
      return makersOf(filters, clock);
    }
    const limits = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
    return makersOf(filters, clock, (emit) => rangeCheck(limits, outOfRange, this.parts.outOfRange, emit));
  }

  private passOn(reading: Reading, at: number): void {
    if (this.batch) this.batch.push(reading);
    else if (!this.ended) this.parts.store.report(this.parts.device, [reading], at);
  }
}
