import type { Clock } from '../clock.js';
import type { JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';
import { Paced } from './paced.js';

const BATCH_MS = 100;
const BATCH_LINES = 200;
const LINE = 300;

/** Collects lines of a wire for a page, which gets them in batches: of a flood only the last ones, and how many were left out. */
export class MonitorBatch {
  private lines: JsonObject[] = [];
  private skipped = 0;
  private readonly paced: Paced;

  constructor(clock: Clock, send: (batch: JsonObject) => void) {
    this.paced = new Paced(clock, BATCH_MS, () => {
      const { lines, skipped } = this;
      this.lines = [];
      this.skipped = 0;
      send({ lines, skipped });
    });
  }

  add({ direction, text }: { direction: string; text: string }): void {
    this.lines.push({ direction, text: printable(text, LINE) });
    if (this.lines.length > BATCH_LINES) {
      this.lines.shift();
      this.skipped++;
    }
    this.paced.request();
  }

  close(): void {
    this.paced.cancel();
  }
}
