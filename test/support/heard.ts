import type { LineDefect, LineHandlers, LineNoise } from '../../src/port/line-link.js';
import { eventually } from './eventually.js';

/** Line handlers that remember what they were told, in order: lines as they are, defects as `[kind]`. */
export class Heard implements LineHandlers {
  readonly all: string[] = [];
  readonly samples: string[] = [];
  readonly noises: LineNoise[] = [];

  line(text: string): void {
    this.all.push(text);
  }

  defect(kind: LineDefect, sample: string): void {
    this.all.push(`[${kind}]`);
    this.samples.push(sample);
  }

  noise(noise: LineNoise): void {
    this.noises.push(noise);
  }

  /** Waits until `expected` is all that was heard. */
  async comes(...expected: string[]): Promise<void> {
    await eventually(() => this.all).toEqual(expected);
  }
}
