import type { Clock } from '../clock.js';
import type { FrameSink } from './sink.js';

/** Marks of the bytes that wait in the socket: above the first only urgent frames pass, until it is below the second. */
const HIGH_WATER = 256 * 1024;
const LOW_WATER = 64 * 1024;
/** Above this not even urgent frames pass; their queue is bounded. */
const FULL_SOCKET = 1024 * 1024;

/**
 * The relay answers a broadcast once every peer took it, so late answers mean a peer that does not read. More frames
 * would pile up in the relay; but others read on, so there is a floor.
 */
const MANY = 8;
const FEW = 2;
const LATE_MS = 250;
/**
 * Frames that a network held back reach the relay together, and it counts them when they come: above 50 in a second it
 * closes the connection.
 */
const MOST_RECENT = 48;
/** Values get every other turn at least, so a phone that reads on is never more than a second behind. */
const FLOOR = 3;
const FULL_RATE = 40;
const SLOWER_EVERY_MS = 250;
const FASTER_EVERY_MS = 100;
/** How often to look again while something holds frames back. */
const LOOK_MS = 50;

/** Holds frames back while the socket or a peer of the relay is slow. */
export class Pressure {
  private stalled = false;
  private rate = FULL_RATE;
  private steppedAt = 0;
  private sentAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly sink: FrameSink,
  ) {}

  /** Frames a second that may be sent, apart from urgent ones; 40 is no limit of its own. */
  get framesPerSecond(): number {
    return this.rate;
  }

  /** True while frames are held back. */
  get slow(): boolean {
    return this.stalled || this.rate < FULL_RATE;
  }

  /** Milliseconds until it makes sense to try again; 0: a frame may be sent now. */
  waitMs(urgent: boolean): number {
    const { buffered, recent = 0 } = this.sink;
    this.stalled = this.stalled ? buffered > LOW_WATER : buffered >= HIGH_WATER;
    if (recent >= MOST_RECENT) return LOOK_MS;
    if (urgent) return buffered >= FULL_SOCKET ? LOOK_MS : 0;
    if (this.stalled) return LOOK_MS;
    this.adjust();
    if (this.rate >= FULL_RATE) return 0;
    const wait = this.sentAt + 1000 / this.rate - this.clock.now();
    return wait > 0 ? Math.min(Math.ceil(wait), LOOK_MS) : 0;
  }

  /** A frame that was not urgent was sent. */
  sent(): void {
    this.sentAt = this.clock.now();
  }

  /** A new connection: what is known of the old one means nothing. */
  reset(): void {
    this.stalled = false;
    this.rate = FULL_RATE;
    this.steppedAt = 0;
  }

  private adjust(): void {
    const now = this.clock.now();
    const { unanswered, oldestUnansweredMs: oldest = 0 } = this.sink;
    if (unanswered >= MANY && oldest > LATE_MS) {
      if (this.rate < FULL_RATE && now - this.steppedAt < SLOWER_EVERY_MS) return;
      this.rate = Math.max(FLOOR, this.rate / 2);
      this.steppedAt = now;
    } else if (this.rate < FULL_RATE && (unanswered <= FEW || oldest <= LATE_MS)) {
      const steps = Math.floor((now - this.steppedAt) / FASTER_EVERY_MS);
      if (steps === 0) return;
      this.rate = Math.min(FULL_RATE, this.rate * 2 ** steps);
      this.steppedAt = now;
    }
  }
}
