import type { Value } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';
import { asciiSize } from '../mesh/json.js';
import type { Coalescer } from './coalescer.js';
import type { Lane } from './lane.js';
import type { Key } from './parts-lane.js';
import { shrink } from './size.js';

/** A value by device and point; null: nobody knows it, undefined: there is no such thing. */
type ValueNow = (device: string, point: string) => Value | null | undefined;
/** The last numbers of a point. */
type PastOf = (device: string, point: string) => readonly number[] | undefined;

/** A frame that a layout written by hand listens to. */
export interface BoundPlan {
  /** What it holds; a point of `''` is the device's health. */
  readonly slots: readonly Key[];
  /** The frame with some points, as `device.point`, or with all; undefined where there is nothing to say. */
  build(now: ValueNow, only?: ReadonlySet<string>): JsonObject | undefined;
  /** The same with lists of numbers for charts. */
  buildPast(past: PastOf, only?: ReadonlySet<string>): JsonObject | undefined;
}

/** What a lane of bound frames is built from. */
export interface BoundParts {
  plans: readonly BoundPlan[];
  /** Which of the bound points changed. */
  source: Coalescer;
  past: PastOf;
  /** Bytes that a frame may have. */
  room: number;
  onOversize(): void;
}

type Build = (plan: BoundPlan, only: ReadonlySet<string>) => JsonObject | undefined;

/** Says in a layout's own words what changed: in each window one frame for each of its filters that is concerned. */
export class BoundLane implements Lane {
  readonly name = 'bound';

  private readonly byPoint = new Map<string, BoundPlan[]>();
  private readonly devices = new Set<string>();
  /** What is to be said in frames of each plan, by `device.point`. */
  private readonly pending = new Map<BoundPlan, Set<string>>();
  private readonly past = new Map<BoundPlan, Set<string>>();
  private said: (() => void) | undefined;

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
    for (const plan of this.parts.plans) {
      this.past.set(plan, new Set(plan.slots.map(({ device, point }) => `${device}.${point}`)));
    }
  }

  /** What is due, is due at once. */
  hurry(): void {
    this.parts.source.hurry();
  }

  /** Says once more what the health of every device is. */
  words(): void {
    for (const device of this.devices) this.mark(device, ['']);
    this.hurry();
  }

  /** See `Coalescer.repeat`. */
  repeat(device: string, point: string, atOnce: boolean): void {
    if (this.has(device, point)) this.parts.source.repeat(device, point, atOnce);
  }

  dueIn(): number {
    return this.pending.size > 0 || this.past.size > 0 ? 0 : this.parts.source.dueIn();
  }

  frame(): JsonObject | undefined {
    const { source, past } = this.parts;
    if (source.dueIn() <= 0) this.take();
    const now: ValueNow = (device, point) => source.read({ device, point }) as Value | null | undefined;
    return (
      this.next(this.pending, (plan, only) => plan.build(now, only)) ??
      this.next(this.past, (plan, only) => plan.buildPast(past, only))
    );
  }

  sent(): void {
    this.said?.();
    this.said = undefined;
  }

  clear(): void {
    this.pending.clear();
    this.past.clear();
    this.said = undefined;
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

  /** The next frame of what waits; of points that are too many for one frame, as many as fit. */
  private next(waiting: Map<BoundPlan, Set<string>>, build: Build): JsonObject | undefined {
    for (const [plan, names] of waiting) {
      while (names.size > 0) {
        const some = this.portion(names, (only) => build(plan, only));
        const leave = () => {
          for (const name of some.names) names.delete(name);
          if (names.size === 0) waiting.delete(plan);
        };
        if (some.frame) return this.offer(some.frame, leave);
        leave();
      }
    }
    return undefined;
  }

  private portion(all: ReadonlySet<string>, build: (only: ReadonlySet<string>) => JsonObject | undefined) {
    let names = all;
    let frame = build(names);
    while (frame && names.size > 1 && asciiSize(frame) > this.parts.room) {
      names = new Set([...names].slice(0, Math.ceil(names.size / 2)));
      frame = build(names);
    }
    return { names, frame };
  }

  private offer(frame: JsonObject, said: () => void): JsonObject {
    this.said = said;
    const fitting = shrink(frame, this.parts.room);
    if (fitting !== frame) this.parts.onOversize();
    return fitting;
  }
}
