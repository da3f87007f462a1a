import type { ConnectionEnd } from './client-end.js';
import { MESH_TIMING, type RetryTiming } from './client-timing.js';

/** When to try again. */
export interface Retry {
  readonly ms: number;
  /** True where a namesake on the relay and we close each other's connections. */
  readonly nameWar: boolean;
}

/** Evictions in a row that make a name war. */
const WAR = 3;

/**
 * Decides how long to wait before the next connection, from how the last ones ended. Pure but for `random` (0 ≤ r < 1).
 *
 * unreachable: 125–250 ms, doubling up to 0.5–1 s · refused, limited, name war: 30–60 s ·
 * lost after the welcome: 0.5–1.5 s · otherwise ended after the opening: 1, 2, 4 … 30 s, unless it had been welcome for 30 s, or the relay proved to be down in between.
 */
export class ReconnectPolicy {
  private unreachable = 0;
  private flaps = 0;
  private evictions = 0;

  constructor(
    private readonly random: () => number,
    private readonly timing: RetryTiming = MESH_TIMING.retry,
  ) {}

  /** True while connections open and soon end again: the next one has yet to prove itself. */
  get flapping(): boolean {
    return this.flaps > 0 || this.evictions > 0;
  }

  next(end: Pick<ConnectionEnd, 'kind' | 'code' | 'admittedMs'>): Retry {
    if (end.kind === 'unreachable') return this.afterUnreachable();
    this.unreachable = 0;
    const admitted = end.admittedMs ?? 0;
    if (this.isWar(end, admitted)) return { ms: this.slow(), nameWar: true };
    if (end.kind === 'refused' || end.kind === 'limited') return { ms: this.slow(), nameWar: false };
    if (admitted >= this.timing.stable) {
      this.flaps = 0;
      return { ms: this.upTo(this.timing.first), nameWar: false };
    }
    // A relay that had welcomed us and then went away is being restarted, and will have us back.
    const longest = end.kind === 'lost' && admitted > 0 ? this.timing.restart : this.timing.flapMax;
    const ms = Math.min(this.timing.flap * 2 ** this.flaps, longest);
    this.flaps = Math.min(this.flaps + 1, 20);
    return { ms: this.upTo(ms), nameWar: false };
  }

  /** Nobody listens: a relay is restarting, so what happened before was its end and not its opinion of us. */
  private afterUnreachable(): Retry {
    this.flaps = 0;
    this.evictions = 0;
    const ms = Math.min(this.timing.first * 2 ** this.unreachable, this.timing.unreachable);
    this.unreachable = Math.min(this.unreachable + 1, 20);
    return { ms: this.upTo(ms), nameWar: false };
  }

  /** Counts the ends that look like an eviction: the relay closes the older of two namesakes with a plain 1000. */
  private isWar(end: Pick<ConnectionEnd, 'kind' | 'code'>, admitted: number): boolean {
    if (admitted >= this.timing.eviction) this.evictions = 0;
    else if (end.kind === 'closed' && end.code === 1000) return ++this.evictions >= WAR;
    return false;
  }

  private upTo(ms: number): number {
    return ms * (0.5 + 0.5 * this.random());
  }

  private slow(): number {
    return this.timing.slow + (this.timing.slowMax - this.timing.slow) * this.random();
  }
}
