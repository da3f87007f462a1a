import type { Clock } from '../clock.js';
import type { JsonObject } from '../mesh/frame.js';
import type { Lane } from './lane.js';

/** Between two frames: devices describe themselves in several steps. */
const PACE_MS = 250;

/** Says something that only makes sense as a whole, such as the deck of devices, when it is another one. */
export class WholeLane implements Lane {
  private wanted = false;
  private sentAt = Number.NEGATIVE_INFINITY;

  /** `told`: it was sent. */
  constructor(
    readonly name: string,
    private readonly clock: Clock,
    private readonly make: () => JsonObject,
    private readonly told: () => void = () => {},
  ) {}

  /** It may be another one. */
  request(): void {
    this.wanted = true;
  }

  /** Somebody new wants it, and does not wait. */
  hurry(): void {
    this.wanted = true;
    this.sentAt = Number.NEGATIVE_INFINITY;
  }

  dueIn(): number {
    if (!this.wanted) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.sentAt + PACE_MS - this.clock.now());
  }

  frame(): JsonObject {
    return this.make();
  }

  sent(): void {
    this.wanted = false;
    this.sentAt = this.clock.now();
    this.told();
  }

  clear(): void {
    this.wanted = false;
  }
}
