import type { LogLine } from '../log-line.js';

const LINES = 300;

/** The last lines of the log, for whoever opens the panel, and each new one for whoever has it open. */
export class LogRing {
  private lines: LogLine[] = [];
  private readonly watchers = new Set<(line: LogLine) => void>();

  add(line: LogLine): void {
    this.lines.push(line);
    if (this.lines.length >= 2 * LINES) this.lines = this.lines.slice(-LINES);
    for (const watcher of this.watchers) watcher(line);
  }

  /** The kept lines, oldest first. */
  last(): LogLine[] {
    return this.lines.slice(-LINES);
  }

  /** Calls `watcher` for each line from now on; the returned function ends it. */
  watch(watcher: (line: LogLine) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }
}
