import type { Clock } from './clock.js';

/** A name keeps its place this long after it was last seen: one known before a flood of invented names is still known. */
const KEEP_MS = 3_600_000;

/** Something of each sender's own. Names are free to invent, so only some are told apart; the rest share one. */
export class Senders<Own> {
  /** The one unseen for longest comes first. */
  private readonly known = new Map<string, { readonly own: Own; seenAt: number }>();
  private readonly shared: Own;

  /** `limit`: names told apart; `make`: what a sender gets. */
  constructor(
    private readonly clock: Clock,
    private readonly limit: number,
    private readonly make: () => Own,
  ) {
    this.shared = make();
  }

  /** What belongs to this sender. */
  of(name: string): Own {
    const now = this.clock.now();
    const place = this.known.get(name) ?? this.newPlace(now);
    if (!place) return this.shared;
    place.seenAt = now;
    this.known.delete(name);
    this.known.set(name, place);
    return place.own;
  }

  private newPlace(now: number): { readonly own: Own; seenAt: number } | undefined {
    const [oldest] = this.known;
    if (oldest && this.known.size >= this.limit) {
      if (now - oldest[1].seenAt < KEEP_MS) return undefined;
      this.known.delete(oldest[0]);
    }
    return { own: this.make(), seenAt: now };
  }
}
