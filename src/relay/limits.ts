import type { Clock } from '../clock.js';

/** What one relay allows; every queue and every wait of it is bounded here. */
export interface RelayLimits {
  /** Largest message a client may send; a larger one closes its socket with 1009. */
  maxFrameBytes: number;
  /** Levels of objects and arrays in one frame, the frame itself included. */
  maxDepth: number;
  /** Frames a client may send within one second, of any kind; 0 = no limit. */
  framesPerSecond: number;
  /**
   * Bytes that a client may send within one second, unused ones of one second kept; 0 = no limit. Beyond, it is not read: a
   * megabyte can take a sixth of a second to understand.
   */
  bytesPerSecond: number;
  /** Bytes that may come, in all and in one frame, before a client has shown the token. */
  strangerBytes: number;
  /** Live sockets of one network address. */
  socketsPerAddress: number;
  /** Connections of members; strangers have half as many beside them. */
  connections: number;
  /** Time to identify, in ms. */
  admissionMs: number;
  /** Time a routed request waits for its answer, in ms. */
  routeMs: number;
  /** Routed requests of one client that may wait at the same time. */
  routesPerClient: number;
  /** Bytes waiting for one client above which it counts as stalled. */
  highWaterBytes: number;
  /** Bytes waiting for one client at which it is dropped at once. */
  bufferBytes: number;
  /** How long a client may stay stalled, and how long `sent` waits for slow ones, in ms. */
  stallMs: number;
  /** Time between WebSocket pings; a client silent from one to the next is dropped, in ms. */
  keepaliveMs: number;
}

/** The defaults: sizes and times of relay 0.1.1, the frame rate of 0.2, and room for a household behind one address. */
export const DEFAULT_LIMITS: Readonly<RelayLimits> = {
  maxFrameBytes: 1_048_576,
  maxDepth: 64,
  framesPerSecond: 50,
  bytesPerSecond: 2_097_152,
  strangerBytes: 16_384,
  socketsPerAddress: 64,
  connections: 256,
  admissionMs: 5_000,
  routeMs: 5_000,
  routesPerClient: 64,
  highWaterBytes: 1_048_576,
  bufferBytes: 8_388_608,
  stallMs: 2_000,
  keepaliveMs: 20_000,
};

/** Counts one client's frames in a sliding window of one second. */
export class RateWindow {
  private readonly times: number[] = [];
  private oldest = 0;

  constructor(
    private readonly limit: number,
    private readonly clock: Clock,
  ) {}

  /** Counts a frame; false when it is one too many. */
  take(): boolean {
    if (this.limit === 0) return true;
    const now = this.clock.now();
    const then = this.times[this.oldest];
    if (then !== undefined && now - then < 1_000) return false;
    this.times[this.oldest] = now;
    this.oldest = (this.oldest + 1) % this.limit;
    return true;
  }
}

/** Counts the live sockets of each network address. */
export class AddressCount {
  private readonly counts = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** Takes a place for `address`; false when none is left. */
  take(address: string): boolean {
    const count = this.counts.get(address) ?? 0;
    if (count >= this.limit) return false;
    this.counts.set(address, count + 1);
    return true;
  }

  /** Gives a taken place back. */
  release(address: string): void {
    const count = this.counts.get(address) ?? 0;
    if (count > 1) this.counts.set(address, count - 1);
    else this.counts.delete(address);
  }
}
