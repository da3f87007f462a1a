import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/device/point.js';
import { filterList, filterProblem } from '../../src/state/filters/options.js';
import { FilterBench } from '../support/filter-bench.js';

const whole = fc.integer({ min: -1000, max: 1000 });
const wholes = fc.array(whole, { minLength: 1, maxLength: 40 });
const size = fc.integer({ min: 1, max: 9 });

/** What comes out of one filter when these values go in at once. */
function through(filter: { readonly [name: string]: unknown }, values: readonly (Value | null)[]): (Value | null)[] {
  const bench = new FilterBench(filter);
  bench.say(...values);
  return bench.values;
}

function expectNear(said: readonly (Value | null)[], wanted: readonly number[], slack = 1e-6): void {
  expect(said.length).toBe(wanted.length);
  for (const [i, value] of said.entries())
    expect(Math.abs(Number(value) - (wanted[i] ?? 0))).toBeLessThanOrEqual(slack);
}

/** The last `count` values at each moment. */
const windows = (values: readonly number[], count: number) =>
  values.map((_, i) => values.slice(Math.max(0, i + 1 - count), i + 1));

describe('values become other values', () => {
  it('offset adds and multiply multiplies', () => {
    fc.assert(
      fc.property(whole, wholes, (by, values) => {
        expect(through({ offset: by }, values)).toEqual(values.map((value) => value + by));
        expect(through({ multiply: by }, values)).toEqual(values.map((value) => value * by));
      }),
    );
  });

  it('what is no finite number any more is unknown', () => {
    expect(through({ multiply: 1e300 }, [1e10, 1])).toEqual([null, 1e300]);
  });

  it('calibrate_linear finds a straight line again, from points on it or points that scatter evenly around it', () => {
    const line = fc.record({
      slope: fc.integer({ min: -20, max: 20 }),
      at0: whole,
      scatter: fc.integer({ min: 0, max: 50 }),
    });
    fc.assert(
      fc.property(line, wholes, ({ slope, at0, scatter }, values) => {
        const truth = (x: number) => slope * x + at0;
        const on = [-7, 3, 11].map((x) => [x, truth(x)]);
        expectNear(through({ calibrate_linear: on }, values), values.map(truth));
        const around = [
          [0, truth(0) + scatter],
          [10, truth(10) - scatter],
          [20, truth(20) - scatter],
          [30, truth(30) + scatter],
        ];
        expectNear(through({ calibrate_linear: around }, values), values.map(truth));
      }),
    );
  });

  it('calibrate_linear with method exact goes through every point, straight between them and beyond', () => {
    const points = fc.uniqueArray(fc.tuple(whole, whole), { minLength: 2, maxLength: 10, selector: ([x]) => x });
    fc.assert(
      fc.property(points, (datapoints) => {
        const filter = { calibrate_linear: { method: 'exact', datapoints } };
        expectNear(
          through(
            filter,
            datapoints.map(([x]) => x),
          ),
          datapoints.map(([, y]) => y),
        );
        const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = [...datapoints].sort(([a], [b]) => a - b);
        expectNear(through(filter, [(x0 + x1) / 2, 2 * x0 - x1]), [(y0 + y1) / 2, 2 * y0 - y1]);
      }),
    );
  });

  it('calibrate_polynomial finds a polynomial again, also far from zero', () => {
    const coefficients = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(coefficients, fc.constantFrom(0, 1_000), (terms, middle) => {
        const truth = (x: number) => terms.reduceRight((sum, term) => sum * (x - middle) + term, 0);
        const xs = [-4, -3, -1, 0, 2, 3, 5].map((x) => middle + x);
        const datapoints = xs.map((x) => [x, truth(x)]);
        const filter = { calibrate_polynomial: { degree: terms.length - 1, datapoints } };
        expectNear(through(filter, [...xs, middle + 6, middle - 6]), [...xs, middle + 6, middle - 6].map(truth), 1e-4);
      }),
    );
  });

  it('clamp moves to the nearest limit and leaves the rest alone', () => {
    fc.assert(
      fc.property(wholes, whole, fc.nat(500), (values, low, width) => {
        const said = through({ clamp: { min_value: low, max_value: low + width + 1 } }, values);
        expect(said).toEqual(values.map((value) => [low, value, low + width + 1].sort((a, b) => a - b)[1]));
        expect(through({ clamp: { max_value: low } }, values)).toEqual(values.map((value) => Math.min(value, low)));
      }),
    );
  });

  it('clamp drops what lies outside where that is to be ignored', () => {
    const limits = { min_value: 0, max_value: 10, ignore_out_of_range: true };
    expect(through({ clamp: limits }, [5, 11, 10, -0.1, 0, 6])).toEqual([5, 10, 0, 6]);
    expect(through({ clamp: { ...limits, ignore_out_of_range: false } }, [5, 11, 6])).toEqual([5, 10, 6]);
  });

  it('round gives the nearest number of so many decimals', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), values, (decimals, given) => {
        for (const [i, value] of through({ round: decimals }, given).entries()) {
          expect(Math.abs(Number(value) - (given[i] ?? 0))).toBeLessThanOrEqual(0.5 * 10 ** -decimals + 1e-9);
          expect(Number(Number(value).toFixed(decimals))).toBeCloseTo(Number(value), 9);
        }
      }),
    );
    expect(through({ round: 1 }, [21.449, 21.46, 1e300])).toEqual([21.4, 21.5, 1e300]);
    // As C does it.
    expect(through({ round: 0 }, [-2.5, 2.5, -0.5, -2.4])).toEqual([-3, 3, -1, -2]);
  });

  it('invert twice is nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), (values) => {
        expect(through({ invert: true }, values)).toEqual(values.map((value) => !value));
        const twice = new FilterBench({ invert: true }, { invert: null });
        twice.say(...values);
        expect(twice.values).toEqual(values);
      }),
    );
  });

  it('map replaces what it names, whole values only', () => {
    fc.assert(
      fc.property(wholes, whole, (values, from) => {
        expect(through({ map: { [from]: 7 } }, values)).toEqual(values.map((value) => (value === from ? 7 : value)));
      }),
    );
    expect(through({ map: { lo: 'low' } }, ['lo', 'low', 'LO', 'constructor'])).toEqual([
      'low',
      'low',
      'LO',
      'constructor',
    ]);
  });

  it('map takes a list of `from -> to` too, in the type of the point', () => {
    expect(through({ map: ['red -> green', ' light blue->white '] }, ['red', 'light blue', 'green'])).toEqual([
      'green',
      'white',
      'green',
    ]);
    expect(through({ map: ['1 -> 2.5', '-3->0'] }, [1, 2, -3])).toEqual([2.5, 2, 0]);
    expect(through({ map: ['1 -> 2'] }, ['1', '2', '3'])).toEqual(['2', '2', '3']);
    expect(through({ map: ['true -> false'] }, [true, false])).toEqual([false, false]);
  });

  it.each([
    [['red'], 'expected `from -> to`'],
    [['red -> green', 'red -> blue'], 'the same value twice'],
    [[], 'Too small'],
  ])('map takes no list such as %j', (map, message) => {
    expect(filterList.safeParse([{ map }]).error?.message).toContain(message);
  });

  it.each([
    ['1 -> on', { type: 'number' }, '`on` is no value of this number'],
    ['true -> 1', { type: 'boolean' }, '`1` is no value of this boolean'],
    ['ajar -> open', { type: 'enum', options: ['open', 'closed'] }, "`ajar` is none of the point's options"],
    ['open -> auf', { type: 'enum', options: ['open', 'closed'] }, undefined],
    ['1 -> 2', { type: 'string' }, undefined],
  ] as const)('map of a list is held against its point: %s', (line, spec, problem) => {
    const [filter] = filterList.parse([{ map: [line] }]);
    expect(filter && filterProblem(filter, { id: 'x', role: 'sensor', ...spec })).toBe(problem);
  });
});

describe('filters over the last values', () => {
  const naive: readonly [name: string, reduce: (window: number[]) => number][] = [
    ['min', (window) => Math.min(...window)],
    ['max', (window) => Math.max(...window)],
    ['sliding_window_moving_average', (window) => window.reduce((a, b) => a + b, 0) / window.length],
    [
      'median',
      (window) => {
        const ordered = window.sort((a, b) => a - b);
        const half = ordered.length / 2;
        const [low = 0, high = 0] = [ordered[Math.ceil(half) - 1], ordered[Math.floor(half)]];
        return (low + high) / 2;
      },
    ],
  ];

  it.each(naive)('%s is what the window says', (name, reduce) => {
    fc.assert(
      fc.property(size, wholes, (count, values) => {
        const wanted = windows(values, count).map(reduce);
        expectNear(through({ [name]: count }, values), wanted);
      }),
    );
  });

  it('quantile is the smallest value that so large a part does not exceed', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 100 }), wholes, (window_size, percent, values) => {
        const said = through({ quantile: { window_size, quantile: percent / 100 } }, values);
        for (const [i, window] of windows(values, window_size).entries()) {
          const share = (limit: number) => window.filter((value) => value <= limit).length * 100;
          expect(window).toContain(said[i]);
          expect(share(Number(said[i]))).toBeGreaterThanOrEqual(percent * window.length);
          for (const smaller of window.filter((value) => value < Number(said[i]))) {
            expect(share(smaller)).toBeLessThan(percent * window.length);
          }
        }
      }),
    );
  });

  it.each(['median', 'min', 'max', 'quantile', 'sliding_window_moving_average', 'exponential_moving_average'])(
    '%s with nothing behind it goes by its defaults',
    (name) => {
      const values = [9, 1, 8, 2, 7, 3, 6, 4, 5];
      const withDefaults = through({ [name]: {} }, values);
      expect(through({ [name]: null }, values)).toEqual(withDefaults);
    },
  );

  it('send_first_at and send_every choose which results are said', () => {
    const turn = size.chain((every) => fc.tuple(fc.constant(every), fc.integer({ min: 1, max: every })));
    fc.assert(
      fc.property(turn, wholes, ([send_every, send_first_at], values) => {
        const all = through({ max: 3 }, values);
        const some = through({ max: { window_size: 3, send_every, send_first_at } }, values);
        expect(some).toEqual(
          all.filter((_, i) => (i + 1 - send_first_at) % send_every === 0 && i + 1 >= send_first_at),
        );
      }),
    );
  });

  it('exponential_moving_average weighs each value by its age', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1, noNaN: true }), wholes, (alpha, values) => {
        const wanted = values.map((_, last) =>
          values
            .slice(0, last + 1)
            .reduce((sum, value, i) => sum + value * (i === 0 ? 1 : alpha) * (1 - alpha) ** (last - i), 0),
        );
        expectNear(through({ exponential_moving_average: alpha }, values), wanted);
      }),
    );
  });
});

describe('filters that drop values', () => {
  it('delta passes what differs enough from what it passed last, and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.boolean(), wholes, (by, relative, values) => {
        const wanted: number[] = [];
        for (const value of values) {
          const last = wanted.at(-1);
          const enough = last === undefined ? 0 : relative ? (by / 100) * Math.abs(last) : by;
          if (last === undefined || (value !== last && Math.abs(value - last) >= enough - 1e-6)) wanted.push(value);
        }
        expect(through({ delta: relative ? `${by}%` : by }, values)).toEqual(wanted);
      }),
    );
  });

  it('delta of one decimal passes steps of one decimal', () => {
    const tenths = Array.from({ length: 50 }, (_, i) => (200 + i) / 10);
    expect(through({ delta: 0.1 }, tenths)).toEqual(tenths);
  });

  it('skip_initial drops the first ones, again after unknown', () => {
    fc.assert(
      fc.property(size, wholes, (count, values) => {
        expect(through({ skip_initial: count }, [...values, null, ...values])).toEqual([
          ...values.slice(count),
          null,
          ...values.slice(count),
        ]);
      }),
    );
  });

  it('spike_reject never jumps, except to where several in a row agree', () => {
    const noisy = fc.array(fc.oneof(fc.integer({ min: 18, max: 22 }), fc.constantFrom(85, -127, 40)), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(noisy, fc.integer({ min: 2, max: 4 }), (values, count) => {
        const bench = new FilterBench({ spike_reject: { delta: 5, count } });
        let last: number | undefined;
        values.forEach((value, i) => {
          const before = bench.out.length;
          bench.say(value);
          const said = bench.out.slice(before).map((word) => word.value);
          if (said.length === 0) return;
          if (said[0] === null) {
            last = undefined;
            return;
          }
          expect(said).toEqual([value]);
          if (last !== undefined && Math.abs(value - last) > 5) {
            const run = values.slice(i + 1 - count, i + 1);
            expect(run.length).toBe(count);
            for (const [n, next] of run.slice(1).entries()) {
              expect(Math.abs(next - (run[n] ?? Number.NaN))).toBeLessThanOrEqual(5);
            }
          }
          last = value;
        });
      }),
    );
  });

  it('spike_reject drops a single spike, believes a step, and knows when it knows nothing', () => {
    expect(through({ spike_reject: 5 }, [20, 85, 21, -127, 85, 20])).toEqual([20, 21, 20]);
    expect(through({ spike_reject: 5 }, [20, 40, 41, 42, 43])).toEqual([20, 42, 43]);
    expect(through({ spike_reject: { delta: 5, count: 2 } }, [20, 100, 0, 100, 0, 100, 0])).toEqual([20, null]);
  });
});

describe('filters that take time', () => {
  const timed = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), whole), { minLength: 1, maxLength: 25 });

  /** Says values, each after a wait; then waits for long. */
  async function play(
    bench: FilterBench,
    steps: readonly (readonly [wait: number, value: Value | null])[],
  ): Promise<readonly { value: Value | null; at: number }[]> {
    const heard: { value: Value | null; at: number }[] = [];
    for (const [wait, value] of steps) {
      await bench.clock.advance(wait);
      heard.push({ value, at: bench.clock.now() });
      bench.say(value);
    }
    await bench.clock.advance(2_000);
    return heard;
  }

  it('rate_limit moves towards the truth no faster than it may, and never past it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), timed, async (max, steps) => {
        const bench = new FilterBench({ rate_limit: { max, per: '1s' } });
        const heard = await play(bench, steps);
        expect(bench.out.length).toBe(heard.length);
        expect(bench.out[0]?.value).toBe(heard[0]?.value);
        for (let i = 1; i < heard.length; i++) {
          const [from, to, wish] = [bench.out[i - 1], bench.out[i], heard[i]].map((word) => Number(word?.value));
          const reach = (max * ((bench.out[i]?.at ?? 0) - (bench.out[i - 1]?.at ?? 0))) / 1000;
          const left = Number(wish) - Number(from);
          expect(Number(to)).toBeCloseTo(Number(from) + Math.sign(left) * Math.min(Math.abs(left), reach), 6);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('throttle leaves its time between two values, and says the last one in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), timed, async (ms, steps) => {
        const bench = new FilterBench({ throttle: `${ms}ms` });
        const heard = await play(bench, steps);
        expect(bench.out[0]).toMatchObject(heard[0] ?? {});
        for (const [i, { now }] of bench.out.slice(1).entries()) {
          expect(now - (bench.out[i]?.now ?? 0)).toBeGreaterThanOrEqual(ms);
        }
        for (const { now, at } of bench.out) expect(now - at).toBeLessThanOrEqual(ms);
        expect(bench.out.at(-1)).toMatchObject(heard.at(-1) ?? {});
      }),
      { numRuns: 40 },
    );
  });

  it('throttle_average says the mean of all that came, each value once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), timed, async (ms, steps) => {
        const bench = new FilterBench({ throttle_average: `${ms}ms` });
        const heard = [...(await play(bench, steps))];
        for (const { value, at, now } of bench.out) {
          const began = now - ms;
          expect(heard[0]?.at).toBe(began);
          const group: number[] = [];
          while ((heard[0]?.at ?? Number.POSITIVE_INFINITY) <= at) group.push(Number(heard.shift()?.value));
          expect(Number(value)).toBeCloseTo(group.reduce((a, b) => a + b, 0) / group.length, 6);
        }
        expect(heard).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  const changing = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.boolean()), { minLength: 1, maxLength: 25 });

  /** How long the device has said nothing but this value until `now`; a word of that very moment may come after it. */
  const lasted = (heard: readonly { value: Value | null; at: number }[], value: Value | null, now: number): number => {
    const before = heard.filter((word) => word.at < now || (word.at === now && word.value === value));
    const other = before.findLastIndex((word) => word.value !== value);
    return now - (before[other + 1]?.at ?? Number.POSITIVE_INFINITY);
  };

  it('debounce says only what has lasted, and what lasts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), changing, async (ms, steps) => {
        const bench = new FilterBench({ debounce: `${ms}ms` });
        const heard = await play(bench, steps);
        let last: Value | null = null;
        for (const { value, now } of bench.out) {
          if (value !== last) expect(lasted(heard, value, now)).toBeGreaterThanOrEqual(ms);
          last = value;
        }
        expect(last).toBe(heard.at(-1)?.value);
      }),
      { numRuns: 60 },
    );
  });

  it('debounce does not begin anew with each repetition', async () => {
    const bench = new FilterBench({ debounce: '250ms' });
    await bench.sayEvery(100, [true, true, true, true, true]);
    expect(bench.out[0]).toEqual({ value: true, at: 200, now: 250 });
  });

  it.each([
    ['delayed_on', true],
    ['delayed_off', false],
  ])('%s says %s once it has lasted, and its contrary at once', async (name, slow) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), changing, async (ms, steps) => {
        const bench = new FilterBench({ [name]: `${ms}ms` });
        const heard = await play(bench, steps);
        for (const { value, now } of bench.out) {
          if (value === slow) expect(lasted(heard, slow, now)).toBeGreaterThanOrEqual(ms);
        }
        for (const { value, at } of heard) {
          if (value !== slow) expect(bench.out).toContainEqual({ value, at, now: at });
        }
        expect(bench.out.at(-1)?.value).toBe(heard.at(-1)?.value);
      }),
      { numRuns: 60 },
    );
  });

  it('heartbeat says the last value again and again, as old as it is, until it is unknown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 10, max: 400 }), timed, async (ms, steps) => {
        const bench = new FilterBench({ heartbeat: `${ms}ms` });
        const heard = await play(bench, steps);
        const end = bench.clock.now();
        const moments = [...bench.out.map(({ now }) => now), end];
        for (const [i, now] of moments.slice(1).entries()) expect(now - (moments[i] ?? 0)).toBeLessThanOrEqual(ms);
        for (const { value, at, now } of bench.out) {
          const newest = [heard.findLast((word) => word.at <= now), heard.findLast((word) => word.at < now)];
          expect(newest).toContainEqual({ value, at });
        }
        const count = bench.out.length;
        bench.say(null);
        await bench.clock.advance(2_000);
        expect(bench.values.slice(count)).toEqual([null]);
      }),
      { numRuns: 40 },
    );
  });

  it('timeout makes unknown exactly what was not said for its time, once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 10, max: 400 }), timed, async (ms, steps) => {
        const bench = new FilterBench({ timeout: `${ms}ms` });
        const heard = await play(bench, steps);
        const wanted = heard.flatMap(({ value, at }, i) => {
          const next = heard[i + 1]?.at ?? Number.POSITIVE_INFINITY;
          return [{ value, now: at }, ...(next - at > ms ? [{ value: null, now: at + ms }] : [])];
        });
        // At the very moment of its end either may be first.
        const exact = heard.some(({ at }, i) => (heard[i + 1]?.at ?? 0) - at === ms);
        if (!exact) expect(bench.out.map(({ value, now }) => ({ value, now }))).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});

describe('filters one behind the other', () => {
  it('pass values in their order', () => {
    const bench = new FilterBench({ median: 3 }, { delta: 0.5 }, { round: 1 });
    bench.say(20, 20.1, 85, 20.2, 20.7, 20.8, 20.9);
    expect(bench.values).toEqual([20, 20.7]);
  });

  it('are all reset where one of them does not know any more, those before it too', async () => {
    const bench = new FilterBench({ skip_initial: 1 }, { spike_reject: { delta: 5, count: 2 } }, { median: 5 });
    bench.say(0, 10, 10, 10, 60, 0, 60, 0, 60, 0);
    expect(bench.values).toEqual([10, 10, 10, null]);
    bench.say(40, 50);
    expect(bench.values.slice(4)).toEqual([50]);
  });

  it('timeout judges what the device said, wherever it is written', async () => {
    const quiet = new FilterBench({ median: 5 }, { delta: 0.1 }, { timeout: '1m' });
    await quiet.sayEvery(
      1_000,
      Array.from({ length: 300 }, () => 21.5),
    );
    expect(quiet.values).toEqual([21.5]);
    await quiet.clock.advance(3_600_000);
    expect(quiet.values).toEqual([21.5, null]);
  });

  it('what was said before the silence has no part in what is said after it', async () => {
    const bench = new FilterBench({ median: 5 }, { timeout: '1m' });
    await bench.sayEvery(1_000, [20, 20, 20, 20, 20]);
    await bench.clock.advance(3_600_000);
    bench.say(50);
    expect(bench.values.slice(-2)).toEqual([null, 50]);
  });

  it('a repetition does not make fresh what is too old', async () => {
    const bench = new FilterBench({ heartbeat: '100ms' }, { timeout: '1s' });
    bench.say(5);
    await bench.clock.advance(5_000);
    expect(bench.values).toEqual([...Array.from({ length: 10 }, () => 5), null]);
    expect(bench.out.at(-1)?.at).toBe(0);
  });
});
