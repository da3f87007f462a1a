import type { JsonObject } from '../mesh/frame.js';
import { asciiSize } from '../mesh/json.js';
import type { Lane } from './lane.js';
import { type Entry, partSize, split } from './size.js';

/** One point of a device; '' is the device itself. */
export interface Key {
  readonly device: string;
  readonly point: string;
}

/** What a lane of values is filled from. */
export interface Source {
  /** Milliseconds until it has something to say: 0 now, Infinity for nothing. */
  dueIn(): number;
  /** What is to be said now; the source forgets it. `full`: everything, to be said even where there is nothing. */
  take(): { readonly keys: readonly Key[]; readonly full: boolean };
  /** The value to be said; undefined: leave it out. */
  read(key: Key): unknown;
  /** Forgets everything that waits. */
  clear(): void;
}

/** How a lane of values makes its frames. */
export interface PartsOptions {
  /** Bytes for values in one frame. */
  room: number;
  shape(entries: readonly Entry[], full: boolean, part: readonly [number, number] | undefined): JsonObject;
  /** A value was too large for any frame; null is said in its place. */
  onOversize(entry: Entry): void;
}

/** Frames of values by device, split where they are too large; what was taken from the source is kept until it was sent. */
export class PartsLane implements Lane {
  private plan: { readonly parts: readonly Entry[][]; readonly full: boolean; next: number } | undefined;

  constructor(
    readonly name: string,
    private readonly source: Source,
    private readonly options: PartsOptions,
  ) {}

  dueIn(): number {
    return this.plan ? 0 : this.source.dueIn();
  }

  frame(): JsonObject | undefined {
    const taken = this.plan ? undefined : this.take();
    this.plan ??= taken;
    if (!this.plan) return undefined;
    const { parts, full, next } = this.plan;
    const entries = parts[next] ?? [];
    const part: [number, number] | undefined = parts.length > 1 ? [next + 1, parts.length] : undefined;
    return this.options.shape(taken ? entries : this.refresh(entries), full, part);
  }

  sent(): void {
    if (!this.plan) return;
    this.plan.next++;
    if (this.plan.next >= this.plan.parts.length) this.plan = undefined;
  }

  clear(): void {
    this.plan = undefined;
    this.source.clear();
  }

  private take(): PartsLane['plan'] {
    const { source, options } = this;
    const { keys, full } = source.take();
    const entries: Entry[] = [];
    for (const key of keys) {
      const value = source.read(key);
      if (value !== undefined) entries.push({ device: key.device, point: key.point, value });
    }
    if (entries.length === 0 && !full) return undefined;
    const parts = split(entries, options.room, options.onOversize);
    return { parts: parts.length > 0 ? parts : [[]], full, next: 0 };
  }

  /** A part with the values of this moment. One that grew too large for the part keeps the older; its change is still due. */
  private refresh(part: readonly Entry[]): Entry[] {
    const { source, options } = this;
    let used = partSize(part);
    return part.flatMap((entry) => {
      const value = source.read(entry);
      if (value === undefined) return [];
      if (Object.is(value, entry.value)) return [entry];
      const growth = asciiSize(value) - asciiSize(entry.value);
      if (used + growth > options.room) return [entry];
      used += growth;
      return [{ ...entry, value }];
    });
  }
}
