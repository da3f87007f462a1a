import type { Clock } from '../clock.js';
import type { Log } from '../log.js';

/** Least time between two lines about one thing, in ms: clients retry every few seconds for ever, and some want to fill a disk. */
const QUIET_MS = 60_000;

/** Warns of what clients can do as often as they like: at once, and then once a minute, with how often it was meanwhile. */
export class Seldom {
  private quietUntil = Number.NEGATIVE_INFINITY;
  private more = 0;

  constructor(
    private readonly what: string,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** It happened; `fields`: to whom. */
  happened(fields: object): void {
    if (this.clock.now() < this.quietUntil) {
      this.more += 1;
      return;
    }
    const { more } = this;
    this.quietUntil = this.clock.now() + QUIET_MS;
    this.more = 0;
    const earlier = more > 0 ? `; and ${more} more before, since the last such line` : '';
    this.log.warn({ ...fields, ...(more > 0 && { more }) }, `relay: ${this.what}${earlier}`);
  }
}
