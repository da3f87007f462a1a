import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/device/point.js';
import { FILTERS } from '../../src/state/filters/register.js';
import { FilterBench } from '../support/filter-bench.js';

const number: fc.Arbitrary<Value> = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
);
const fewNumbers: fc.Arbitrary<Value> = fc.integer({ min: 0, max: 3 });
const onOff: fc.Arbitrary<Value> = fc.boolean();
const word: fc.Arbitrary<Value> = fc.constantFrom('open', 'closed', 'moving');

const ms = fc.integer({ min: 1, max: 500 });
const duration = ms.map((time) => `${time}ms`);
const pace = fc
  .integer({ min: 1, max: 4 })
  .chain((send_every) =>
    fc.record({ send_every: fc.constant(send_every), send_first_at: fc.integer({ min: 1, max: send_every }) }),
  );
const window = fc.oneof(
  fc.integer({ min: 1, max: 8 }),
  fc.constant(null),
  pace.chain((turn) => fc.integer({ min: 1, max: 8 }).map((window_size) => ({ window_size, ...turn }))),
);
const datapoints = (count: number) =>
  fc.uniqueArray(fc.tuple(fc.integer({ min: -100, max: 100 }), fc.integer({ min: -100, max: 100 })), {
    minLength: count,
    maxLength: 8,
    selector: ([measured]) => measured,
  });

/** What may come out. selects: values that went in · mixes: nothing outside of what went in · rescales: anything finite. */
type Manner = 'selects' | 'mixes' | 'rescales';

/** Each filter with its options, the values that it is given, and how it behaves. */
const CASES: {
  readonly [name: string]: readonly [options: fc.Arbitrary<unknown>, values: fc.Arbitrary<Value>, manner: Manner];
} = {
  offset: [fc.integer({ min: -9, max: 9 }), number, 'rescales'],
  multiply: [fc.double({ min: -9, max: 9, noNaN: true }), number, 'rescales'],
  calibrate_linear: [
    datapoints(2).chain((points) =>
      fc.constantFrom<unknown>(points, { method: 'exact', datapoints: points.map(([a, b]) => `${a} -> ${b}`) }),
    ),
    number,
    'rescales',
  ],
  calibrate_polynomial: [datapoints(4).map((points) => ({ degree: 2, datapoints: points })), number, 'rescales'],
  clamp: [
    fc.constantFrom<unknown>(
      { min_value: -3 },
      { max_value: 7 },
      { min_value: -1, max_value: 1, ignore_out_of_range: true },
    ),
    number,
    'rescales',
  ],
  round: [fc.integer({ min: 0, max: 9 }), number, 'rescales'],
  median: [window, number, 'mixes'],
  quantile: [
    fc.record({ window_size: fc.integer({ min: 1, max: 8 }), quantile: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
    number,
    'selects',
  ],
  min: [window, number, 'selects'],
  max: [window, number, 'selects'],
  sliding_window_moving_average: [window, number, 'mixes'],
  exponential_moving_average: [
    fc.oneof(
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      pace.map((turn) => ({ alpha: 0.3, ...turn })),
    ),
    number,
    'mixes',
  ],
  delta: [fc.constantFrom<unknown>(0.5, 20, '5%', '150 %'), number, 'selects'],
  spike_reject: [fc.constantFrom<unknown>(1, 30, { delta: 5, count: 2 }), number, 'selects'],
  rate_limit: [fc.record({ max: fc.integer({ min: 1, max: 100 }), per: duration }), number, 'mixes'],
  throttle: [duration, fewNumbers, 'selects'],
  throttle_average: [duration, number, 'mixes'],
  debounce: [duration, word, 'selects'],
  heartbeat: [duration.map((time) => `${time.slice(0, -2)}0ms`), fewNumbers, 'selects'],
  timeout: [duration.map((time) => `${time.slice(0, -2)}0ms`), fewNumbers, 'selects'],
  skip_initial: [fc.integer({ min: 1, max: 5 }), word, 'selects'],
  delayed_on: [duration, onOff, 'selects'],
  delayed_off: [duration, onOff, 'selects'],
  invert: [fc.constantFrom(true, null), onOff, 'rescales'],
  map: [fc.constantFrom<unknown>({ open: 'auf' }, ['open -> auf']), word, 'rescales'],
};

const stepsOf = (values: fc.Arbitrary<Value>) =>
  fc.array(
    fc.oneof(
      { weight: 8, arbitrary: values.map((value) => ({ do: 'say' as const, value })) },
      { weight: 1, arbitrary: fc.constant({ do: 'unknown' as const }) },
      { weight: 5, arbitrary: ms.map((time) => ({ do: 'wait' as const, time })) },
    ),
    { maxLength: 40 },
  );

it('every filter is put to these tests', () => {
  expect(Object.keys(CASES).sort()).toEqual([...FILTERS.keys()].sort());
});

describe.each(Object.entries(CASES))('%s', (name, [options, values, manner]) => {
  it('says nothing that its device did not give rise to, nothing old after unknown, and leaves no timer', async () => {
    await fc.assert(
      fc.asyncProperty(options, stepsOf(values), async (given, steps) => {
        const bench = new FilterBench({ [name]: given });
        const { clock, out } = bench;
        /** What the device said since it was unknown last. */
        let heard: { value: Value; at: number }[] = [];
        let checked = 0;
        const check = () => {
          for (const { value, at } of out.slice(checked)) {
            expect(at).toBeLessThanOrEqual(clock.now());
            if (value === null) continue;
            expect(heard.map((word) => word.at)).toContain(at);
            expectCaused(
              value,
              heard.map((word) => word.value),
              manner,
            );
          }
          checked = out.length;
        };
        for (const step of steps) {
          if (step.do === 'say') {
            heard.push({ value: step.value, at: clock.now() });
            bench.say(step.value);
          } else if (step.do === 'wait') {
            await clock.advance(step.time);
          } else {
            check();
            bench.say(null);
            expect(out.at(-1)).toEqual({ value: null, at: clock.now(), now: clock.now() });
            expect(clock.timers).toBe(0);
            heard = [];
            checked = out.length;
          }
          check();
        }
        const times = out.map(({ at }) => at);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        bench.reset();
        expect(clock.timers).toBe(0);
        await clock.advance(20_000);
        expect(out.length).toBe(checked);
      }),
      { numRuns: 60 },
    );
  });

  it('begins after unknown as at its start', async () => {
    await fc.assert(
      fc.asyncProperty(options, stepsOf(values), stepsOf(values), async (given, before, after) => {
        const fresh = new FilterBench({ [name]: given });
        const used = new FilterBench({ [name]: given });
        await play(used, before);
        used.say(null);
        const [began, said] = [used.clock.now(), used.out.length];
        await play(used, after);
        await play(fresh, after);
        const since = used.out.slice(said).map((word) => ({ ...word, at: word.at - began, now: word.now - began }));
        expect(since).toEqual(fresh.out);
      }),
      { numRuns: 30 },
    );
  });
});

describe('filters one behind the other', () => {
  const calm: fc.Arbitrary<Value> = fc.integer({ min: -20, max: 20 });
  const few = fc.integer({ min: 1, max: 3 });
  const some: readonly fc.Arbitrary<{ readonly [name: string]: unknown }>[] = Object.entries(CASES)
    .filter(([name]) => FILTERS.get(name)?.takes.includes('number') && name !== 'map')
    .map(([name, [options]]) => options.map((given) => ({ [name]: given })));
  const chains = fc
    .tuple(
      fc.array(fc.oneof(...some), { minLength: 1, maxLength: 3 }),
      fc.option(fc.tuple(few, fc.integer({ min: 1, max: 60 })), { nil: undefined }),
      fc.option(fc.constantFrom({ min: -15, max: 15 }, { max: 5 }), { nil: undefined }),
    )
    .map(([filters, timeout, range]) => [
      ...filters.slice(0, timeout?.[0] ?? 0),
      ...(timeout ? [{ timeout: `${timeout[1] * 10}ms` }] : []),
      ...filters.slice(timeout?.[0] ?? 0),
      ...(range ? [{ range }] : []),
    ]);

  it('make nothing of what was said before unknown, whoever says that it is unknown', async () => {
    await fc.assert(
      fc.asyncProperty(chains, stepsOf(calm), async (filters, steps) => {
        const used = new FilterBench(...filters);
        let fresh = new FilterBench(...filters);
        let began = 0;
        let from = 0;
        /** When the device spoke since it was unknown last. */
        let heard: number[] = [];
        for (const step of steps) {
          if (step.do === 'say') heard.push(used.clock.now());
          const before = used.out.length;
          await play(used, [step]);
          await play(fresh, [step]);
          const since = used.out.slice(from);
          expect(since.map((word) => ({ ...word, at: word.at - began, now: word.now - began }))).toEqual(fresh.out);
          for (const { value, at } of since) if (value !== null) expect(heard).toContain(at);
          const end = used.values.indexOf(null, before);
          if (end < 0) continue;
          expect(end).toBe(used.out.length - 1);
          expect(used.clock.timers).toBe(0);
          [fresh, began, from, heard] = [new FilterBench(...filters), used.clock.now(), used.out.length, []];
        }
      }),
      { numRuns: 400 },
    );
  });

  it('never turn unknown what is said again and again', async () => {
    await fc.assert(
      fc.asyncProperty(chains, calm, fc.integer({ min: 1, max: 9 }), async (filters, value, pace) => {
        const unlimited = filters.filter((filter) => !('range' in filter));
        const bench = new FilterBench({ timeout: '10ms' }, ...unlimited.filter((filter) => !('timeout' in filter)));
        const slow = new FilterBench(
          ...unlimited.map((filter) => ('timeout' in filter ? { timeout: '20ms' } : filter)),
        );
        for (const each of [bench, slow]) {
          await each.sayEvery(
            pace,
            Array.from({ length: 150 }, () => value),
          );
          expect(each.values).not.toContain(null);
        }
      }),
      { numRuns: 150 },
    );
  });
});

async function play(bench: FilterBench, steps: readonly { do: string; value?: Value; time?: number }[]): Promise<void> {
  for (const { do: what, value, time } of steps) {
    if (what === 'wait') await bench.clock.advance(time ?? 0);
    else bench.say(value ?? null);
  }
}

function expectCaused(value: Value, heard: readonly Value[], manner: Manner): void {
  if (manner === 'selects') expect(heard).toContain(value);
  else if (manner === 'mixes') {
    const numbers = heard.map(Number);
    const slack = 1e-9 * Math.max(1, ...numbers.map(Math.abs));
    expect(value).toBeGreaterThanOrEqual(Math.min(...numbers) - slack);
    expect(value).toBeLessThanOrEqual(Math.max(...numbers) + slack);
  } else {
    expect(heard.length).toBeGreaterThan(0);
    if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
  }
}
