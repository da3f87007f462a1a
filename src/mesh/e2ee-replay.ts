/** How far behind the newest frame of a sender an older one may come, in frames. */
const WINDOW = 64;
/** Senders remembered; a sender has a new salt in every session. */
const MAX_SENDERS = 256;

/** Remembers which counters of one salt were seen: everything older than the last 64 counts as seen. */
export class ReplayWindow {
  /** The newest counter seen; -1: none. */
  highest: number;
  private readonly slots = new Float64Array(WINDOW).fill(-1);

  /** `seen`: this counter and all before it were. */
  constructor(private readonly seen = -1) {
    this.highest = seen;
  }

  /** True when `counter` was not seen before and is not too old; changes nothing. */
  isNew(counter: number): boolean {
    const oldest = Math.max(this.seen, this.highest - WINDOW);
    return counter > oldest && this.slots[counter % WINDOW] !== counter;
  }

  add(counter: number): void {
    this.slots[counter % WINDOW] = counter;
    this.highest = Math.max(this.highest, counter);
  }
}

/**
 * What was seen of the senders heard last. Senders draw their salts by chance, so one memory is enough for all keys and
 * channels.
 */
export class ReplayMemory {
  private readonly windows = new Map<string, ReplayWindow>();
  /** Called when there is more to be kept than before. */
  changed: () => void = () => {};

  /** `seen`: the newest counter by salt, as it was kept; the sender heard last is the last one. */
  constructor(seen: { readonly [salt: string]: number } = {}) {
    for (const [salt, counter] of Object.entries(seen)) this.keep(salt, new ReplayWindow(counter));
  }

  of(salt: string): ReplayWindow | undefined {
    return this.windows.get(salt);
  }

  /** The sender was heard now; the one that has been silent for longest is forgotten where there are too many. */
  keep(salt: string, window: ReplayWindow): void {
    this.windows.delete(salt);
    this.windows.set(salt, window);
    const [oldest] = this.windows.keys();
    if (this.windows.size > MAX_SENDERS && oldest !== undefined) this.windows.delete(oldest);
  }

  /** The newest counter seen, by salt. */
  seen(): { [salt: string]: number } {
    return Object.fromEntries([...this.windows].map(([salt, { highest }]) => [salt, highest]));
  }
}
