import type { Clock, Timer } from '../clock.js';
import type { LineHandlers } from './line-link.js';
import { lineSample, lineText } from './line-text.js';

/**
 * A device that kept silent this long after its port was opened was not in the middle of a line. In two steps: where this
 * program itself was held up during the first, bytes that wait already are read during the second.
 */
const SILENT_MS = [80, 20] as const;

/** Sorts the raw lines of one opened port into text and defects. Single-use, like the link it belongs to. */
export class LineIntake {
  private silence: Timer;
  /** Whether the next raw line is known to begin at its beginning. */
  private whole = false;
  private stopped = false;

  /** `maxLine` in bytes, the ending not counted. */
  constructor(
    clock: Clock,
    private readonly handlers: LineHandlers,
    private readonly maxLine: number,
  ) {
    this.silence = clock.after(SILENT_MS[0], () => {
      this.silence = clock.after(SILENT_MS[1], () => {
        this.whole = true;
      });
    });
  }

  /** Says that bytes arrived, whether they make up a line or not. */
  hear(): void {
    this.silence.cancel();
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

  /** Nothing is said after this. */
  stop(): void {
    this.silence.cancel();
    this.stopped = true;
  }
}
