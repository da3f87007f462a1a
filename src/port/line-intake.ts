import type { Clock, Timer } from '../clock.js';
import type { LineHandlers } from './line-link.js';
import { isBinary, lineSample, lineText } from './line-text.js';

/**
 * A device that kept silent this long after its port was opened was not in the middle of a line. In two steps: where this
 * program itself was held up during the first, bytes that wait already are read during the second.
 */
const SILENT_MS = [80, 20] as const;
const NOISE_MS = 1_000;
/** So many of the bytes since the last newline are looked at. */
const NOISE_BYTES = 256;
const NEWLINE = 0x0a;

/** Sorts the raw lines of one opened port into text and defects. Single-use, like the link it belongs to. */
export class LineIntake {
  private silence: Timer;
  /** Whether the next raw line is known to begin at its beginning. */
  private whole = false;
  private stopped = false;
  /** The bytes since the last read with a newline: how many, and the first of them. */
  private unended = 0;
  private readonly first = Buffer.alloc(NOISE_BYTES);
  private noiseAt = Number.NEGATIVE_INFINITY;

  /** `maxLine` in bytes, the ending not counted. */
  constructor(
    private readonly clock: Clock,
    private readonly handlers: LineHandlers,
    private readonly maxLine: number,
  ) {
    this.silence = clock.after(SILENT_MS[0], () => {
      this.silence = clock.after(SILENT_MS[1], () => {
        this.whole = true;
      });
    });
  }

  /** Hears all bytes as they arrive, before the lines that they make up. */
  hear(chunk: Buffer): void {
    this.silence.cancel();
    if (!this.stopped && chunk.length > 0) this.handlers.raw?.(chunk);
    if (chunk.includes(NEWLINE)) {
      this.unended = 0;
      return;
    }
    if (this.unended < NOISE_BYTES) chunk.copy(this.first, this.unended);
    this.unended += chunk.length;
    const now = this.clock.now();
    if (now - this.noiseAt < NOISE_MS || this.stopped) return;
    this.noiseAt = now;
    this.noise();
  }

  /** Takes the bytes before one newline, decoded as latin1; of an overlong line at least `maxLine` + 2 of them. */
  line(raw: string): void {
    if (this.stopped) return;
    const whole = this.whole;
    this.whole = true;
    if (raw.length > this.maxLine && raw.length - (raw.endsWith('\r') ? 1 : 0) > this.maxLine) {
      this.handlers.defect('overlong', lineSample(raw));
    } else if (!whole) {
      if (raw !== '' && raw !== '\r') this.handlers.defect('partial', lineSample(raw));
    } else {
      const text = lineText(raw);
      if (text === undefined) this.handlers.defect('garbled', lineSample(raw));
      else if (text !== '') this.handlers.line(text);
    }
  }

  private noise(): void {
    const bytes = this.first.subarray(0, Math.min(this.unended, NOISE_BYTES));
    const raw = bytes.toString('latin1');
    const returns = /\r[\s\S]/.test(raw);
    this.handlers.noise?.({ bytes: this.unended, sample: lineSample(raw), binary: isBinary(bytes), returns });
  }

  /** Nothing is said after this. */
  stop(): void {
    this.silence.cancel();
    this.stopped = true;
  }
}
