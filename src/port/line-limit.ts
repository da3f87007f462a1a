const NEWLINE = 0x0a;

/**
 * Keeps of each line at most `max` bytes and its newline. A longer one is cut and ended as soon as it is seen to be longer,
 * and the rest of it dropped, so that a reader behind this never holds more than one line.
 */
export class LineLimit {
  /** Bytes of the unfinished line that were kept. */
  private kept = 0;
  /** Inside a line that was cut. */
  private cut = false;

  constructor(private readonly max: number) {}

  /** Moves what is kept of the next bytes to the front of `chunk`; returns how many bytes that are. */
  keep(chunk: Buffer): number {
    let to = 0;
    let from = 0;
    if (this.cut) {
      from = chunk.indexOf(NEWLINE) + 1;
      if (from === 0) return 0;
      this.cut = false;
    }
    // Looks for the last newline that the limit allows, so that many short lines cost one search.
    let start = from;
    while (chunk.length - start > this.max - this.kept) {
      const room = start + this.max - this.kept;
      const newline = chunk.lastIndexOf(NEWLINE, room);
      if (newline >= start) {
        start = newline + 1;
        this.kept = 0;
        continue;
      }
      const next = chunk.indexOf(NEWLINE, room) + 1;
      chunk.copyWithin(to, from, room);
      to += room - from;
      chunk[to++] = NEWLINE;
      this.kept = 0;
      this.cut = next === 0;
      if (this.cut) return to;
      from = next;
      start = from;
    }
    const last = chunk.lastIndexOf(NEWLINE);
    this.kept = last >= start ? chunk.length - last - 1 : this.kept + chunk.length - start;
    if (to < from) chunk.copyWithin(to, from);
    return to + chunk.length - from;
  }
}
