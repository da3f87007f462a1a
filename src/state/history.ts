import type { Store } from './store.js';

/** Samples kept of each point: what a sparkline shows. */
export const SAMPLES = 120;

/** A numeric point and what it is now. */
export interface NumericPoint {
  readonly device: string;
  readonly point: string;
  readonly value: number;
}

/** All numeric points whose value is good now. */
export function* goodNumbers(store: Store): Generator<NumericPoint> {
  for (const device of store.devices()) {
    for (const [point, { value, quality }] of store.points(device)) {
      if (quality === 'good' && typeof value === 'number') yield { device, point, value };
    }
  }
}

/** Samples by device and point, oldest first. */
export type Samples = { readonly [device: string]: { readonly [point: string]: readonly number[] } };

/** Samples that were taken. */
export type Past = Pick<History, 'keys' | 'get'>;

/** The last samples of each numeric point, oldest first, taken at a fixed pace; moments without a good value are left out. */
export class History {
  private readonly devices = new Map<string, Map<string, number[]>>();
  /** Samples of before the start, by device and point, of points that have not said anything yet. */
  private readonly earlier = new Map<string, readonly number[]>();
  private times = 0;
  /** Samples of all points so far. */
  taken = 0;

  constructor(
    private readonly store: Store,
    private readonly size = SAMPLES,
  ) {}

  /** Takes in samples of before the start: a point goes on from them as soon as it has a value, if it has one in time. */
  resume(before: Samples): void {
    for (const [device, points] of Object.entries(before)) {
      for (const [point, samples] of Object.entries(points)) this.earlier.set(`${device}.${point}`, samples);
    }
  }

  /** Takes one sample of every numeric point; forgets points that are gone. */
  sample(): void {
    for (const [device, points] of this.devices) {
      for (const point of points.keys()) {
        if (this.store.point(device, point)?.spec.type !== 'number') this.forget(device, point);
      }
    }
    for (const { device, point, value } of goodNumbers(this.store)) {
      const samples = this.samplesOf(device, point);
      samples.push(value);
      this.taken++;
      if (samples.length > this.size) samples.shift();
    }
    // They would have left the sparkline by now.
    if (++this.times === this.size) this.earlier.clear();
  }

  /** The points that have samples. */
  *keys(): Generator<{ device: string; point: string }> {
    for (const [device, points] of this.devices) {
      for (const point of points.keys()) yield { device, point };
    }
  }

  /** The samples of a point; undefined where there are none. */
  get(device: string, point: string): number[] | undefined {
    return this.devices.get(device)?.get(point)?.slice();
  }

  /** All samples by device and point. */
  snapshot(): { [device: string]: { [point: string]: number[] } } {
    const all: { [device: string]: { [point: string]: number[] } } = Object.create(null);
    for (const [device, points] of this.devices) {
      const samples: { [point: string]: number[] } = Object.create(null);
      for (const [point, values] of points) samples[point] = values.slice();
      all[device] = samples;
    }
    return all;
  }

  /** Forgets the samples of a point, of a device, or all. */
  forget(device?: string, point?: string): void {
    if (device === undefined) this.devices.clear();
    else if (point === undefined) this.devices.delete(device);
    else {
      const points = this.devices.get(device);
      points?.delete(point);
      if (points?.size === 0) this.devices.delete(device);
    }
  }

  private samplesOf(device: string, point: string): number[] {
    let points = this.devices.get(device);
    if (!points) {
      points = new Map();
      this.devices.set(device, points);
    }
    let samples = points.get(point);
    if (!samples) {
      const name = `${device}.${point}`;
      samples = (this.earlier.get(name) ?? []).slice(-this.size);
      this.earlier.delete(name);
      points.set(point, samples);
    }
    return samples;
  }
}
