import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { printable } from '../text.js';

/** One line that went over a device's wire. `in`: from the device, `out`: to it, `bad`: dropped bytes. */
export interface TrafficEntry {
  /** `Clock.now()` of the moment. */
  readonly at: number;
  readonly direction: 'in' | 'out' | 'bad';
  readonly text: string;
}

/** The last lines of a device's wire, kept to be written to the log once something fails, and for whoever watches. */
export class Traffic {
  private entries: TrafficEntry[] = [];
  private readonly told = new Set<string>();
  private readonly watchers = new Set<(entry: TrafficEntry) => void>();

  constructor(
    private readonly clock: Clock,
    private readonly size = 40,
  ) {}

  add(direction: TrafficEntry['direction'], text: string): void {
    const entry = { at: this.clock.now(), direction, text };
    this.entries.push(entry);
    if (this.entries.length >= 2 * this.size) this.entries = this.entries.slice(-this.size);
    for (const watcher of this.watchers) watcher(entry);
  }

  /** Calls `watcher` for each line from now on; the returned function ends it. */
  watch(watcher: (entry: TrafficEntry) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Writes the kept lines to the log, as the last before `what`: once, until `what` is `over`. */
  tell(what: string, log: Log): void {
    if (this.told.has(what)) return;
    const lines = this.take();
    if (lines.length === 0) return;
    this.told.add(what);
    log.info({ traffic: lines }, `the last lines before ${what}`);
  }

  /** Says that `what` has ended, so that the next time is told again. */
  over(what: string): void {
    this.told.delete(what);
  }

  /** The kept lines as text safe to print, oldest first, with their age in milliseconds; they are forgotten. */
  take(): string[] {
    const now = this.clock.now();
    const taken = this.entries.slice(-this.size);
    this.entries = [];
    return taken.map(({ at, direction, text }) => `-${Math.round(now - at)}ms ${direction} ${printable(text)}`);
  }
}
