import type { Clock } from '../clock.js';
import { idsIn } from '../device/point.js';
import type { PublishPolicy } from '../device/reading-options.js';
import type { Key } from './parts-lane.js';

/** Policies by `device.point`; most points have none. */
export type PublishPolicies = ReadonlyMap<string, PublishPolicy>;

interface Paced extends Key {
  readonly policy: PublishPolicy;
  /** What was said last, and when; undefined while nothing was since the connection began. */
  said: { value: unknown; at: number } | undefined;
  /** A change that was not said yet: when the first one came, and when it is due. */
  waiting: { readonly since: number; dueAt: number } | undefined;
}

/** When points are due, those that do not wait for the pace of frames apart. Infinity for nothing. */
export interface PacedDue {
  readonly usual: number;
  readonly immediate: number;
}

/** Two values of one decimal differ by 0.1 only almost, in binary. */
const TOLERANCE = 1e-9;

/** The points whose changes wait for more than the next frame: remembers that they changed, not to what. */
export class PacedPoints {
  private readonly points = new Map<string, Paced>();
  private leaving = false;

  constructor(
    policies: PublishPolicies,
    private readonly clock: Clock,
    private readonly read: (device: string, point: string) => unknown,
  ) {
    for (const [name, policy] of policies) {
      const [device, point] = idsIn(name);
      this.points.set(name, { device, point, policy, said: undefined, waiting: undefined });
    }
  }

  /** A point changed; false where it has no policy. */
  mark(device: string, point: string): boolean {
    const paced = this.points.get(`${device}.${point}`);
    if (!paced) return false;
    const now = this.clock.now();
    const since = paced.waiting?.since ?? now;
    paced.waiting = { since, dueAt: this.dueAt(paced, since, now) };
    return true;
  }

  /** `Clock.now()` at which the next points are due. */
  due(): PacedDue {
    let usual = Number.POSITIVE_INFINITY;
    let immediate = Number.POSITIVE_INFINITY;
    for (const paced of this.points.values()) {
      const at = this.nextOf(paced);
      if (paced.policy.immediate) immediate = Math.min(immediate, at);
      else usual = Math.min(usual, at);
    }
    return { usual, immediate };
  }

  /** The points that are due now. */
  *dueNow(): Generator<Key> {
    const now = this.clock.now();
    for (const paced of this.points.values()) if (this.nextOf(paced) <= now) yield paced;
  }

  /** A frame with this point was made; what it said is what phones know. */
  told(device: string, point: string, value: unknown): void {
    const paced = this.points.get(`${device}.${point}`);
    if (paced) paced.said = { value, at: this.clock.now() };
  }

  /** A point is about to be said, or a whole device. */
  taken(device: string, point?: string): void {
    for (const paced of this.concerned(device, point)) paced.waiting = undefined;
  }

  /** Nothing waits any more, and nothing is known to have been said. */
  clear(): void {
    for (const paced of this.points.values()) {
      paced.waiting = undefined;
      paced.said = undefined;
    }
  }

  /** What waits is due at once, and nothing is repeated any more: the last frames are being made. */
  hurry(): void {
    this.leaving = true;
    for (const { waiting } of this.points.values()) if (waiting) waiting.dueAt = Number.NEGATIVE_INFINITY;
  }

  private concerned(device: string, point: string | undefined): Paced[] {
    if (point === undefined) return [...this.points.values()].filter((paced) => paced.device === device);
    const paced = this.points.get(`${device}.${point}`);
    return paced ? [paced] : [];
  }

  private dueAt({ device, point, policy, said }: Paced, since: number, now: number): number {
    if (this.leaving) return Number.NEGATIVE_INFINITY;
    const value = this.read(device, point);
    // Unknown does not wait: a phone must not show for truth what nobody knows.
    if (!said || said.value === null || value === null || value === undefined) return now;
    const latest = since + policy.maxWait;
    return within(policy.deadband, said.value, value) ? latest : Math.min(now + (policy.debounce ?? 0), latest);
  }

  private nextOf({ waiting, said, policy: { heartbeat } }: Paced): number {
    if (waiting) return waiting.dueAt;
    const repeats = heartbeat !== undefined && said && said.value !== null && !this.leaving;
    return repeats ? said.at + heartbeat : Number.POSITIVE_INFINITY;
  }
}

function within(deadband: number | undefined, said: unknown, value: unknown): boolean {
  if (deadband === undefined || typeof said !== 'number' || typeof value !== 'number') return false;
  return Math.abs(value - said) + TOLERANCE * Math.max(Math.abs(value), Math.abs(said)) < deadband;
}
