import type { Value } from '../../src/device/point.js';
import { Chain, type MakeStage } from '../../src/state/filters/chain.js';
import { filterList, makersOf } from '../../src/state/filters/options.js';
import { rangeCheck } from '../../src/state/filters/range.js';
import { VirtualClock } from './virtual-clock.js';

/** Something that came out of a chain. */
export interface Said {
  readonly value: Value | null;
  /** When the device said what it comes from. */
  readonly at: number;
  /** When it came out. */
  readonly now: number;
}

/** A chain of filters as a config writes them, on a clock that the test moves. */
export class FilterBench {
  readonly clock = new VirtualClock();
  readonly out: Said[] = [];
  private readonly chain: Chain;

  constructor(...filters: readonly { readonly [name: string]: unknown }[]) {
    // The range of a point is no filter that a config can name, but it is among them.
    const { range } = filters.find((filter) => 'range' in filter) ?? {};
    const written = filterList.parse(filters.filter((filter) => !('range' in filter)));
    const check: MakeStage = (emit) => rangeCheck(range as { min?: number; max?: number }, 'unknown', () => {}, emit);
    const makers = makersOf(written, this.clock, range === undefined ? undefined : check);
    this.chain = new Chain(makers, (value, at) => this.out.push({ value, at, now: this.clock.now() }));
  }

  /** The device says these values, all now. */
  say(...values: readonly (Value | null)[]): void {
    for (const value of values) this.chain.take(value, this.clock.now());
  }

  /** The device says values, one every `ms`. */
  async sayEvery(ms: number, values: readonly (Value | null)[]): Promise<void> {
    for (const value of values) {
      this.say(value);
      await this.clock.advance(ms);
    }
  }

  reset(): void {
    this.chain.reset();
  }

  /** The values that came out. */
  get values(): (Value | null)[] {
    return this.out.map(({ value }) => value);
  }
}
