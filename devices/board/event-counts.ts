import { MAX_COUNTER } from '../../firmware-protocol/limits.js';

/** How far the counts of a board's events are known, from its start on and over all sessions since. */
export class EventCounts {
  private boot = '';
  private readonly known = new Map<string, number>();
  private readonly told = new Map<string, number>();

  /** Forgets the counts of another start, or of another board. */
  begin(boot: string): void {
    if (boot === this.boot) return;
    this.boot = boot;
    this.known.clear();
    this.told.clear();
  }

  /** A reading says the count; returns how many events were lost since it was last heard of. */
  read(point: string, count: number): number {
    const lost = distance(this.known.get(point) ?? count, count);
    this.known.set(point, count);
    return lost;
  }

  /** An event says its count; returns how many were lost before it, or undefined where it was told already. */
  happen(point: string, count: number): number | undefined {
    if (this.told.get(point) === count) return undefined;
    this.told.set(point, count);
    const previous = before(count);
    const known = this.known.get(point) ?? previous;
    this.known.set(point, count);
    // A reading that came first has told of it already.
    return known === count ? 0 : distance(known, previous);
  }
}

/** The count before this one. */
export function before(count: number): number {
  return (count + MAX_COUNTER) % (MAX_COUNTER + 1);
}

/** Steps from one count to a later one. */
function distance(from: number, to: number): number {
  return (to - from + MAX_COUNTER + 1) % (MAX_COUNTER + 1);
}
