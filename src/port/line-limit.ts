import { Transform, type TransformCallback } from 'node:stream';

const NEWLINE = 0x0a;
const LINE_END = Buffer.of(NEWLINE);

/**
 * Passes bytes on unchanged, but of each line at most `max` bytes and its newline. A longer one is cut and ended as soon
 * as it is seen to be longer, and the rest of it dropped, so that a reader behind this never holds more than one line.
 */
export class LineLimit extends Transform {
  /** Bytes of the unfinished line that were passed on. */
  private passed = 0;
  /** Inside a line that was cut. */
  private cut = false;

  /** `heard` is called with each chunk that comes in. */
  constructor(
    private readonly max: number,
    private readonly heard: () => void = () => {},
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.heard();
    let from = 0;
    if (this.cut) {
      from = chunk.indexOf(NEWLINE) + 1;
      if (from === 0) {
        done();
        return;
      }
      this.cut = false;
    }
    // Looks for the last newline that the limit allows, so that many short lines cost one search.
    let start = from;
    while (chunk.length - start > this.max - this.passed) {
      const room = start + this.max - this.passed;
      const newline = chunk.lastIndexOf(NEWLINE, room);
      if (newline >= start) {
        start = newline + 1;
        this.passed = 0;
        continue;
      }
      this.push(chunk.subarray(from, room));
      this.push(LINE_END);
      this.passed = 0;
      from = chunk.indexOf(NEWLINE, room) + 1;
      if (from === 0) {
        this.cut = true;
        done();
        return;
      }
      start = from;
    }
    const last = chunk.lastIndexOf(NEWLINE);
    this.passed = last >= start ? chunk.length - last - 1 : this.passed + chunk.length - start;
    if (from < chunk.length) this.push(from === 0 ? chunk : chunk.subarray(from));
    done();
  }
}
