import type { JsonObject } from '../../src/mesh/frame.js';
import type { Output, Specimen } from './specimen.js';

/** An output and whose it is. */
export interface OwnedOutput extends Output {
  readonly device: string;
}

/** Everything that can be switched, and what phones may want of it. */
export class Wishes {
  readonly outputs: readonly OwnedOutput[];
  private count = 0;

  constructor(specimens: readonly Specimen[]) {
    this.outputs = specimens.flatMap(({ id, outputs }) => outputs.map((output) => ({ device: id, ...output })));
  }

  /** Any output of these. */
  output(random: () => number, some = this.outputs): OwnedOutput {
    const output = some[Math.floor(random() * some.length)];
    if (!output) throw new Error('no outputs');
    return output;
  }

  /** Anything that a phone may ask for. */
  any(random: () => number): { device: string; point: string; wish: JsonObject } {
    const { device, point, wish } = this.output(random);
    const kind = random();
    const level = kind < 0.7 ? { value: kind < 0.45 } : { pulse_ms: 100 + Math.floor(900 * random()) };
    return { device, point, wish: wish ? { value: wish(this.fresh()) } : level };
  }

  /** A number that nobody wished for yet. */
  fresh(): number {
    return ++this.count;
  }
}
