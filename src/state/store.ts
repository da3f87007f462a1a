import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.js';
import type { DeviceEvent } from '../device/driver.js';
import { fitsType, type PointSpec, type Quality, type Reading, type Value } from '../device/point.js';

/** How a device is doing. degraded: it is there, but loses its connection again and again, or speaks garbage. */
export type Health = 'online' | 'stale' | 'degraded' | 'offline' | 'unapproved';

/** What is known of one point now. */
export interface PointState {
  readonly spec: PointSpec;
  /** What the device said last, or null while that is unknown. */
  readonly value: Value | null;
  readonly quality: Quality;
  /** `Clock.now()` at which the device said it; undefined while it never did in this session. */
  readonly at: number | undefined;
}

/** Who wants to know of changes. Called at once, in order; ids only, the store has the values. */
export interface StoreListener {
  /** Points of a device have another value than before. */
  changed?(device: string, points: readonly string[]): void;
  /** A device said something of points, be it what they were before. */
  read?(device: string, points: readonly string[]): void;
  /** A device said something of outputs whose published values filters make; see `Store.said`. */
  heard?(device: string, points: readonly string[]): void;
  /** Points of a device have another quality than before. */
  quality?(device: string, points: readonly string[]): void;
  health?(device: string, health: Health): void;
  /** A device takes commands from now on; also where its health is the same as before. `first`: not since it was begun. */
  connected?(device: string, first: boolean): void;
  event?(device: string, event: DeviceEvent): void;
  /** The list of a device's points is another one. */
  described?(device: string): void;
}

/** What a derived point is now. */
export interface DerivedResult {
  readonly point: string;
  readonly value: Value | null;
  readonly quality: Quality;
  saidAt(): number | undefined;
}

interface DeviceState {
  health: Health;
  points: Map<string, PointState>;
  /** The device's own words of outputs that are filtered. */
  heard: Map<string, Value | null>;
  /** True while the device says nothing. */
  silent: boolean;
}

/** The authoritative values: what the devices said, nothing else. */
export class Store {
  private readonly states = new Map<string, DeviceState>();
  /** A set, as one that leaves while they are told must not make the next one miss what is told. */
  private readonly listeners = new Set<StoreListener>();

  constructor(private readonly clock: Clock) {}

  /** Adds a listener; the returned function removes it. */
  subscribe(listener: StoreListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Ids of all devices, in the order in which they were added. */
  devices(): string[] {
    return [...this.states.keys()];
  }

  /** Makes a device known, offline and without points; an old one stays as it is. */
  add(device: string): void {
    if (this.states.has(device)) return;
    this.states.set(device, { health: 'offline', points: new Map(), heard: new Map(), silent: false });
  }

  /** Forgets a device and its points. */
  remove(device: string): void {
    if (!this.states.delete(device)) return;
    for (const listener of this.listeners) listener.described?.(device);
  }

  health(device: string): Health | undefined {
    return this.states.get(device)?.health;
  }

  /** The points of a device by id; empty for an unknown device. */
  points(device: string): ReadonlyMap<string, PointState> {
    return this.states.get(device)?.points ?? new Map();
  }

  point(device: string, point: string): PointState | undefined {
    return this.states.get(device)?.points.get(point);
  }

  /**
   * What the device itself said last of an output, filters or not: what its safety is judged by; of others what is published.
   * Null while that is unknown, undefined where there is no such point.
   */
  said(device: string, point: string): Value | null | undefined {
    const heard = this.states.get(device)?.heard.get(point);
    return heard === undefined ? this.point(device, point)?.value : heard;
  }

  /** A device begins anew, as another one: without points. */
  anew(device: string): void {
    this.state(device).points = new Map();
    for (const listener of this.listeners) listener.described?.(device);
  }

  /**
   * Replaces the list of a device's points; a point whose type stays keeps what is known of it. The same list again is no news:
   * many drivers say it at every try to connect.
   */
  describe(device: string, specs: readonly PointSpec[]): void {
    const isNew = !this.states.has(device);
    const state = this.state(device);
    const before = state.points;
    const told = [...before.values()].map(({ spec }) => spec);
    if (!isNew && isDeepStrictEqual(told, specs)) return;
    state.points = new Map(
      specs.map((spec) => {
        const old = before.get(spec.id);
        const known = old && old.spec.type === spec.type && (old.value === null || fitsType(spec, old.value));
        if (!known) state.heard.delete(spec.id);
        return [spec.id, known ? { ...old, spec } : { spec, value: null, quality: 'unknown', at: undefined }];
      }),
    );
    for (const listener of this.listeners) listener.described?.(device);
  }

  /**
   * Takes in what a device said; values of unknown points or of a wrong type are returned, not stored. With `saidAt`, the
   * device said it then and filters took their time: that is no sign of life of a device that has fallen silent since.
   */
  report(device: string, readings: readonly Reading[], saidAt?: number): Reading[] {
    const { points, silent } = this.state(device);
    const at = saidAt ?? this.clock.now();
    const known: Quality = saidAt !== undefined && silent ? 'stale' : 'good';
    const changed: string[] = [];
    const requalified: string[] = [];
    const refused: Reading[] = [];
    for (const reading of readings) {
      const old = points.get(reading.point);
      if (!old || old.spec.role === 'event' || (reading.value !== null && !fitsType(old.spec, reading.value))) {
        refused.push(reading);
        continue;
      }
      const value = oneZero(reading.value);
      const quality: Quality = value === null ? 'unknown' : known;
      if (old.value !== value) changed.push(reading.point);
      if (old.quality !== quality) requalified.push(reading.point);
      points.set(reading.point, { spec: old.spec, value, quality, at });
    }
    this.tell(device, changed, requalified);
    const said = readings.map(({ point }) => point);
    for (const listener of this.listeners) listener.read?.(device, said);
    return refused;
  }

  /** Takes in a device's own words of outputs whose published values filters make. */
  hear(device: string, readings: readonly Reading[]): void {
    const { heard } = this.state(device);
    for (const { point, value } of readings) heard.set(point, value);
    const points = readings.map(({ point }) => point);
    for (const listener of this.listeners) listener.heard?.(device, points);
  }

  /** Takes in what follows from other points; `saidAt` is asked whenever somebody wants to know how old it is. */
  derive(device: string, results: readonly DerivedResult[]): void {
    const { points } = this.state(device);
    const changed: string[] = [];
    const requalified: string[] = [];
    for (const { point, value: made, quality, saidAt } of results) {
      const old = points.get(point);
      if (!old) continue;
      const value = oneZero(made);
      if (old.value !== value) changed.push(point);
      if (old.quality !== quality) requalified.push(point);
      const state = { spec: old.spec, value, quality };
      points.set(point, Object.defineProperty(state, 'at', { get: saidAt, enumerable: true }) as PointState);
    }
    this.tell(device, changed, requalified);
  }

  /** Marks every good point of a device stale; the next report makes it good again. */
  stale(device: string): void {
    this.state(device).silent = true;
    this.requalify(device, (old) => (old.quality === 'good' ? { ...old, quality: 'stale' } : old));
  }

  /** Makes every stale point of a device good again: the device spoke, and points that speak on change had nothing to say. */
  fresh(device: string): void {
    this.state(device).silent = false;
    this.requalify(device, (old) => (old.quality === 'stale' ? { ...old, quality: 'good' } : old));
  }

  /** Makes every point of a device unknown: nobody can say any more what it is. */
  forget(device: string): void {
    const state = this.state(device);
    state.silent = false;
    state.heard.clear();
    this.requalify(device, (old) => ({ spec: old.spec, value: null, quality: 'unknown', at: undefined }));
  }

  /** Sets a device's health word. */
  setHealth(device: string, health: Health): void {
    const state = this.state(device);
    if (state.health === health) return;
    state.health = health;
    for (const listener of this.listeners) listener.health?.(device, health);
  }

  /** A device was connected, maybe again. */
  connect(device: string, first: boolean): void {
    for (const listener of this.listeners) listener.connected?.(device, first);
  }

  /** Passes on an event of a device; false for a point that is not an event point. */
  event(device: string, event: DeviceEvent): boolean {
    if (this.point(device, event.point)?.spec.role !== 'event') return false;
    for (const listener of this.listeners) listener.event?.(device, event);
    return true;
  }

  private requalify(device: string, next: (old: PointState) => PointState): void {
    const { points } = this.state(device);
    const changed: string[] = [];
    const requalified: string[] = [];
    for (const [id, old] of points) {
      if (old.spec.role === 'event') continue;
      const state = next(old);
      if (state === old) continue;
      points.set(id, state);
      if (old.value !== state.value) changed.push(id);
      if (old.quality !== state.quality) requalified.push(id);
    }
    this.tell(device, changed, requalified);
  }

  private tell(device: string, changed: readonly string[], requalified: readonly string[]): void {
    if (changed.length > 0) for (const listener of this.listeners) listener.changed?.(device, changed);
    if (requalified.length > 0) for (const listener of this.listeners) listener.quality?.(device, requalified);
  }

  private state(device: string): DeviceState {
    this.add(device);
    return this.states.get(device) as DeviceState;
  }
}

/** -0, which rounding makes of small numbers, is said as 0 and so would be told as a change that nobody sees. */
function oneZero(value: Value | null): Value | null {
  return value === 0 ? 0 : value;
}
