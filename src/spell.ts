import type { Clock } from './clock.js';

/** How often something happened since it was said last: for the fields and the words of a line. */
export interface Earlier {
  readonly fields: { readonly more?: number };
  readonly words: string;
}

const NEVER: Earlier = { fields: {}, words: '' };

/**
 * Something that happens as often as somebody likes, and some want to fill a disk: it is said at once, and then once in so many
 * milliseconds, with how often it was meanwhile.
 */
export class Spell {
  private until = Number.NEGATIVE_INFINITY;
  private more = 0;

  constructor(
    private readonly ms: number,
    private readonly clock: Clock,
  ) {}

  /** It happened. Returns what to say of before; undefined where nothing is to be said: within the time, or where no line has room. */
  happened(hasRoom: () => boolean = () => true): Earlier | undefined {
    const now = this.clock.now();
    if (now < this.until || !hasRoom()) {
      this.more++;
      return undefined;
    }
    const { more } = this;
    this.until = now + this.ms;
    this.more = 0;
    return more > 0 ? { fields: { more }, words: `; and ${more} more before, since the last such line` } : NEVER;
  }
}
