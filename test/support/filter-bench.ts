import type { Value } from '../../src/device/point.js';
import { Chain } from '../../src/state/filters/chain.js';
import { filterList } from '../../src/state/filters/options.js';
import { FILTERS } from '../../src/state/filters/register.js';
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
    const makers = filterList.parse(filters).map(({ name, options }) => {
      const kind = FILTERS.get(name);
      if (!kind) throw new Error(`no filter ${name}`);
      return (emit: Parameters<typeof kind.stage>[1]) => kind.stage(options, emit, this.clock);
    });
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
