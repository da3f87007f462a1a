import { describe, expect, it } from 'vitest';
import { Chain } from '../../src/state/filters/chain.js';
import { filterList, makersOf } from '../../src/state/filters/options.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** What comes out of filters, as they would be written in ESPHome. */
function through(filters: unknown, ...values: number[]) {
  const clock = new VirtualClock();
  const out: unknown[] = [];
  const chain = new Chain(makersOf(filterList.parse(filters), clock), (value) => void out.push(value));
  for (const value of values) chain.take(value, clock.now());
  return out;
}

describe('what works in ESPHome', () => {
  it('clamp: ignore_out_of_range drops instead of moving', () => {
    expect(through([{ clamp: { min_value: 0, max_value: 10, ignore_out_of_range: true } }], 5, 11, 6)).toEqual([5, 6]);
  });

  it.each(['median', 'min', 'max', 'quantile', 'sliding_window_moving_average', 'exponential_moving_average'])(
    '%s with nothing behind it has its defaults',
    (name) => {
      expect(filterList.safeParse([{ [name]: null }]).success).toBe(true);
    },
  );

  it('round goes away from zero, as C rounds', () => {
    expect(through([{ round: 0 }], -2.5, 2.5, -0.5)).toEqual([-3, 3, -1]);
  });

  it('map takes a list of `from -> to`', () => {
    expect(filterList.safeParse([{ map: ['red -> green', 'blue -> white'] }]).success).toBe(true);
  });
});
