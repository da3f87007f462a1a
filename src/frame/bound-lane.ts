import type { Value } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';
import type { Coalescer } from './coalescer.js';
import type { Lane } from './lane.js';
import type { Key } from './parts-lane.js';
import { shrink } from './size.js';

/** A value by device and point; null: nobody knows it, undefined: there is no such thing. */
type ValueNow = (device: string, point: string) => Value | null | undefined;

/** A frame that a layout written by hand listens to. */
export interface BoundPlan {
  /** What it holds; a point of `''` is the device's health. */
  readonly slots: readonly Key[];
  /** The frame with some points, as `device.point`, or with all; undefined where there is nothing to say. */
  build(now: ValueNow, only?: ReadonlySet<string>): JsonObject | undefined;
  /** The frame with lists of numbers for charts. */
  buildPast(past: (device: string, point: string) => readonly number[] | undefined): JsonObject | undefined;
}

/** What a lane of bound frames is built from. */
export interface BoundParts {
  plans: readonly BoundPlan[];
  /** Which of the bound points changed. */
  source: Coalescer;
  past(device: string, point: string): readonly number[] | undefined;
  /** Bytes that a frame may have. */
  room: number;
  onOversize(): void;
}

/** Says in a layout's own words what changed: in each window one frame for each of its filters that is concerned. */
export class BoundLane implements Lane {
  readonly name = 'bound';

  private readonly byPoint = new Map<string, BoundPlan[]>();
  private readonly devices = new Set<string>();
  /** What is to be said in frames of each plan, by `device.point`. */
  private readonly pending = new Map<BoundPlan, Set<string>>();
  private readonly past = new Set<BoundPlan>();
  private next: (() => void) | undefined;

  constructor(private readonly parts: BoundParts) {
    for (const plan of parts.plans) {
      for (const { device, point } of plan.slots) {
        const name = `${device}.${point}`;
        const plans = this.byPoint.get(name) ?? [];
        if (!plans.includes(plan)) this.byPoint.set(name, [...plans, plan]);
        this.devices.add(device);
      }
    }
  }

  /** Points changed; those that nothing is bound to are no matter. */
  mark(device: string, points: Iterable<string>): void {
    const bound = [...points].filter((point) => this.has(device, point));
    if (bound.length > 0) this.parts.source.mark(device, bound);
  }

  /** The list of a device's points changed. */
  relist(device: string): void {
    if (this.devices.has(device)) this.parts.source.relist(device);
  }

  /** Everything is to be said, charts included. */
  full(): void {
    this.parts.source.full();
  }

  /** Charts are to be filled anew. */
  refill(): void {
    for (const plan of this.parts.plans) this.past.add(plan);
  }

  /** Says once more what the health of every device is. */
  words(): void {
    for (const device of this.devices) this.mark(device, ['']);
    this.parts.source.hurry();
  }

  /** See `Coalescer.hold`. */
  hold(device: string, point: string): void {
    if (this.has(device, point)) this.parts.source.hold(device, point);
  }

  /** See `Coalescer.answered`. */
  answered(device: string, point: string, value?: unknown): () => void {
    return this.has(device, point) ? this.parts.source.answered(device, point, value) : () => {};
  }

  /** See `Coalescer.release`. */
  release(device: string, point: string, value?: unknown): void {
    if (this.has(device, point)) this.parts.source.release(device, point, value);
  }

  dueIn(): number {
    return this.pending.size > 0 || this.past.size > 0 ? 0 : this.parts.source.dueIn();
  }

  frame(): JsonObject | undefined {
    if (this.parts.source.dueIn() <= 0) this.take();
    return this.valuesFrame() ?? this.pastFrame();
  }

  sent(): void {
    this.next?.();
    this.next = undefined;
  }

  clear(): void {
    this.pending.clear();
    this.past.clear();
    this.next = undefined;
    this.parts.source.clear();
  }

  private has(device: string, point: string): boolean {
    return this.byPoint.has(`${device}.${point}`);
  }

  private take(): void {
    for (const { device, point } of this.parts.source.take().keys) {
      const name = `${device}.${point}`;
      for (const plan of this.byPoint.get(name) ?? []) {
        const names = this.pending.get(plan) ?? new Set();
        this.pending.set(plan, names.add(name));
      }
    }
  }

  private valuesFrame(): JsonObject | undefined {
    const { source } = this.parts;
    for (const [plan, names] of this.pending) {
      const frame = plan.build((device, point) => source.read({ device, point }) as Value | null | undefined, names);
      if (frame) return this.offer(frame, () => this.pending.delete(plan));
      this.pending.delete(plan);
    }
    return undefined;
  }

  private pastFrame(): JsonObject | undefined {
    for (const plan of this.past) {
      const frame = plan.buildPast(this.parts.past);
      if (frame) return this.offer(frame, () => this.past.delete(plan));
      this.past.delete(plan);
    }
    return undefined;
  }

  private offer(frame: JsonObject, sent: () => void): JsonObject {
    this.next = sent;
    const fitting = shrink(frame, this.parts.room);
    if (fitting !== frame) this.parts.onOversize();
    return fitting;
  }
}
