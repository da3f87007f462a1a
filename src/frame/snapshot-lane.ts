import type { JsonObject } from '../mesh/frame.js';
import { asciiSize } from '../mesh/json.js';
import type { Lane } from './lane.js';

/** What each control of the phones' layout holds now, by its id; controls of which nothing is known are left out. */
export type ControlValues = () => ReadonlyMap<string, unknown>;

/** Phones that wait. */
const PHONES = 64;
/** Message type, the phone's name, version and their keys, in bytes. */
const ENVELOPE = 600;

/** Tells phones that came (back) what each control of their layout holds: each by its name, in as many frames as it takes. */
export class SnapshotLane implements Lane {
  readonly name = 'control_snapshot';
  private phones: string[] = [];
  /** What the first phone has not been told yet. */
  private left: Set<string> | undefined;
  /** What the last frame told. */
  private told: string[] = [];
  private version = 0;

  constructor(
    private readonly controls: ControlValues,
    private readonly room: number,
  ) {}

  /** These phones want to know. */
  request(phones: readonly string[]): void {
    const more = phones.filter((phone) => !this.phones.includes(phone));
    this.phones = [...this.phones, ...more].slice(0, PHONES);
  }

  dueIn(): number {
    return this.phones.length > 0 ? 0 : Number.POSITIVE_INFINITY;
  }

  /** Values are those of this moment: one that was said in a state since must not be told as it was before. */
  frame(): JsonObject | undefined {
    const values = this.controls();
    for (;;) {
      const [to] = this.phones;
      if (to === undefined) return undefined;
      this.left ??= new Set(values.keys());
      const controls = this.fill(values);
      if (Object.keys(controls).length > 0) return { msg_type: this.name, to, v: this.version + 1, controls };
      this.next();
    }
  }

  sent(): void {
    this.version++;
    for (const id of this.told) this.left?.delete(id);
    if (!this.left?.size) this.next();
  }

  clear(): void {
    this.phones = [];
    this.left = undefined;
  }

  private fill(values: ReadonlyMap<string, unknown>): JsonObject {
    const controls: JsonObject = Object.create(null);
    let free = this.room - ENVELOPE;
    this.told = [];
    for (const id of this.left ?? []) {
      const value = values.get(id);
      const size = asciiSize(id) + asciiSize(value ?? null) + 4;
      const fits = value !== undefined && size <= this.room - ENVELOPE;
      if (fits && size > free) break;
      this.told.push(id);
      if (!fits) continue;
      controls[id] = value;
      free -= size;
    }
    return controls;
  }

  private next(): void {
    this.phones.shift();
    this.left = undefined;
  }
}
