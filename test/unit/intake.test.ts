import { describe, expect, it } from 'vitest';
import { drivers } from '../../devices/index.js';
import { LinesDriver } from '../../devices/lines/driver.js';
import { linesOptions } from '../../devices/lines/options.js';
import type { DeviceDriver } from '../../src/device/driver.js';
import type { PointSpec, Reading } from '../../src/device/point.js';
import { readingOptionsOf } from '../../src/device/reading-options.js';
import { DriverBench } from '../support/driver-bench.js';
import { noPins } from '../support/no-pins.js';
import { readingRules, type WrittenReadings } from '../support/reading-rules.js';
import { VirtualClock } from '../support/virtual-clock.js';

const POINTS: PointSpec[] = [
  { id: 'temp', role: 'sensor', type: 'number', min: -40, max: 85 },
  { id: 'hum', role: 'sensor', type: 'number' },
  { id: 'door', role: 'sensor', type: 'boolean' },
  { id: 'mode', role: 'sensor', type: 'enum', options: ['lo', 'hi'] },
  { id: 'bell', role: 'event', type: 'string' },
];

const nothing: DeviceDriver = {
  connect: async () => ({ identity: {}, apply: () => Promise.reject(new Error('nothing to switch')) }),
};

/** A connected device that says what the test wants, and what the store heard of it. */
async function bench(written: WrittenReadings, { ownLimits = false, points = POINTS } = {}) {
  const device = new DriverBench(nothing, noPins, new VirtualClock(), readingRules(written, ownLimits));
  await device.connect(0);
  const changes: (readonly string[])[] = [];
  device.store.subscribe({ changed: (_, changed) => changes.push(changed) });
  device.io.describe(points);
  const say = (values: { [point: string]: Reading['value'] }) =>
    device.io.report(Object.entries(values).map(([point, value]) => ({ point, value })));
  const point = (id: string) => device.store.point('dev', id);
  return { device, clock: device.clock, store: device.store, changes, say, point };
}

it('stores what belongs together at once, filtered or not', async () => {
  const { changes, say, device } = await bench({ temp: { filters: [{ round: 0 }] } });
  say({ temp: 20.4, hum: 48, door: true });
  expect(changes).toEqual([['temp', 'hum', 'door']]);
  expect(device.values).toMatchObject({ temp: 20, hum: 48, door: true });
});

it('a filtered point is as old as the word that its value comes from, and unknown goes past its filters', async () => {
  const { clock, say, point } = await bench({ temp: { filters: [{ debounce: '500ms' }] } });
  await clock.advance(100);
  say({ temp: 20 });
  expect(point('temp')).toMatchObject({ value: null, quality: 'unknown' });
  await clock.advance(500);
  expect(point('temp')).toMatchObject({ value: 20, quality: 'good', at: 100 });
  say({ temp: 30 });
  say({ temp: null });
  await clock.advance(5_000);
  expect(point('temp')).toMatchObject({ value: null, quality: 'unknown' });
});

it('what filters say late is no sign of life of a silent device', async () => {
  const { clock, store, say, point } = await bench({
    temp: { filters: [{ throttle: '20s' }] },
    door: { filters: [{ delayed_on: '20s' }] },
  });
  say({ temp: 20, door: true });
  say({ temp: 21 });
  store.stale('dev');
  await clock.advance(20_000);
  expect(point('temp')).toMatchObject({ value: 21, quality: 'stale', at: 0 });
  expect(point('door')).toMatchObject({ value: true, quality: 'stale', at: 0 });
  store.fresh('dev');
  expect(point('temp')?.quality).toBe('good');
  expect(point('door')?.quality).toBe('good');
});

it('a device that is lost takes along what its filters hold', async () => {
  const { device, clock, changes, say } = await bench({
    temp: { filters: [{ throttle: '1s' }, { heartbeat: '300ms' }] },
    hum: { filters: [{ timeout: '2s' }] },
    door: { filters: [{ debounce: '1s' }] },
  });
  say({ temp: 20, hum: 40, door: true });
  say({ temp: 21 });
  expect(clock.timers).toBeGreaterThan(0);
  await device.close();
  expect(clock.timers).toBe(0);
  changes.length = 0;
  await clock.advance(10_000);
  expect(changes).toEqual([]);
});

it('a point described again as it was keeps what its filters know; another one begins anew', async () => {
  const { device, clock, say } = await bench({
    temp: { filters: [{ median: 3 }] },
    hum: { filters: [{ debounce: '1s' }] },
  });
  say({ temp: 1, hum: 5 });
  say({ temp: 2 });
  device.io.describe(POINTS);
  say({ temp: 9 });
  expect(device.values['temp']).toBe(2);
  device.io.describe(
    POINTS.map((spec) => (spec.id === 'temp' ? { ...spec, max: 50 } : spec)).filter(({ id }) => id !== 'hum'),
  );
  expect(clock.timers).toBe(0);
  say({ temp: 10 });
  expect(device.values['temp']).toBe(10);
});

it('0 and -0 are one value, filtered or not', async () => {
  const { changes, say, device } = await bench({ temp: { filters: [{ round: 0 }] } });
  for (const value of [-0.2, 0.2, -0.2]) say({ temp: value, hum: value * 0 });
  expect(changes).toEqual([['temp', 'hum']]);
  expect(device.values).toMatchObject({ temp: 0, hum: 0 });
});

it('a point with filters that the device does not have is told, once', async () => {
  const { device } = await bench({ tmp: { filters: [{ median: 5 }] }, temp: { filters: [{ median: 5 }] } });
  device.io.describe(POINTS);
  expect(device.warnings).toEqual(['the device has no such point; its filters and the like have no effect']);
});

it('what is of the wrong type never reaches a filter', async () => {
  const { device, say } = await bench({ temp: { filters: [{ offset: 1 }] } });
  say({ temp: 20 });
  say({ temp: 'warm' });
  expect(device.values['temp']).toBe(21);
  expect(device.counters.ignored).toBe(1);
});

describe('the range of a sensor', () => {
  it('is counted by default, and makes unknown where that is wanted', async () => {
    const kept = await bench({});
    kept.say({ temp: -127, hum: 999 });
    expect(kept.point('temp')).toMatchObject({ value: -127, quality: 'good' });
    expect(kept.device.counters.outOfRange).toBe(1);
    const strict = await bench({ temp: { outOfRange: 'unknown', filters: [{ median: 3 }] } });
    strict.say({ temp: 20 });
    strict.say({ temp: -127 });
    expect(strict.point('temp')).toMatchObject({ value: null, quality: 'unknown' });
    strict.say({ temp: 30 });
    expect(strict.point('temp')).toMatchObject({ value: 30, quality: 'good' });
    expect(strict.device.counters.outOfRange).toBe(1);
  });

  it('is meant in the unit that is published', async () => {
    const { say, device } = await bench({
      temp: { outOfRange: 'unknown', filters: [{ multiply: 0.1 }, { round: 1 }] },
    });
    say({ temp: 215 });
    expect(device.values['temp']).toBe(21.5);
    say({ temp: 900 });
    expect(device.values['temp']).toBeNull();
  });

  it('is held against numbers once the last filter has made them ones of its unit', async () => {
    const tenths = await bench({ temp: { outOfRange: 'unknown', filters: [{ median: 5 }, { multiply: 0.1 }] } });
    tenths.say({ temp: 215 });
    expect(tenths.device.values['temp']).toBeCloseTo(21.5);
    const moved = await bench({ temp: { outOfRange: 'unknown', filters: [{ median: 5 }, { offset: 100 }] } });
    moved.say({ temp: 80 });
    expect(moved.device.values['temp']).toBeNull();
  });

  it('says nothing any more where the device has it, and its numbers become others', async () => {
    const { say, device, point } = await bench({ temp: { filters: [{ multiply: 0.1 }] } }, { ownLimits: true });
    say({ temp: 2150 });
    expect(device.values['temp']).toBe(215);
    expect(device.counters.outOfRange).toBe(0);
    expect(point('temp')?.spec).toEqual({ id: 'temp', role: 'sensor', type: 'number' });
  });
});

it('an enum has the words that come out of its filters', async () => {
  const { say, device, point } = await bench({ mode: { filters: [{ map: { lo: 'low' } }] } });
  say({ mode: 'lo' });
  expect(device.values['mode']).toBe('low');
  expect(point('mode')?.spec.options).toEqual(['low', 'hi']);
});

it.each([
  ['door', { filters: [{ median: 3 }] }, 'filters.0.median: `median` is for number points, this is a boolean'],
  [
    'hum',
    { filters: [{ round: 1 }, { invert: true }] },
    'filters.1.invert: `invert` is for boolean points, this is a number',
  ],
  ['mode', { filters: [{ map: { low: 'x' } }] }, "filters.0.map: `low` is none of the point's options"],
  ['mode', { filters: [{ map: { lo: 5 } }] }, 'filters.0.map: `5` is no value of this enum'],
  ['hum', { filters: [{ map: { 5: 'five' } }] }, 'filters.0.map: `five` is no value of this number'],
] as [string, WrittenReadings[string], string][])(
  '%s with filters that are not for it stays unknown, and the log says why',
  async (id, readings, warning) => {
    const { device, say, point } = await bench({ [id]: readings });
    expect(device.warnings).toEqual([warning, 'stays unknown, as its filters can not be applied']);
    say({ door: true, hum: 48, mode: 'lo' });
    expect(point(id)).toMatchObject({ value: null, quality: 'unknown' });
  },
);

it('a sketch whose thermometer is unsteady is quiet behind a median and a delta', async () => {
  const written = {
    port: '/dev/ttyUSB0',
    boot: '0ms',
    points: { temp: { from: 'Temp C', unit: '°C', min: -40, max: 85, filters: [{ median: 5 }, { delta: 0.1 }] } },
  };
  const options = linesOptions.parse(written);
  const device = new DriverBench(new LinesDriver(options), noPins, new VirtualClock(), {
    points: readingOptionsOf(options),
    ownLimits: false,
  });
  await device.connect();
  const said: unknown[] = [];
  device.store.subscribe({ changed: () => said.push(device.values['temp']) });
  for (const celsius of [21.5, 21.5, 85, 21.52, 21.49, 21.5, -127, 21.6, 21.7, 21.7, 21.8]) {
    device.port.send(`Temp C: ${celsius}\n`);
    await device.clock.advance(1_000);
  }
  expect(said).toEqual([21.5, 21.6, 21.7]);
  device.port.send('Temp C: nan\n');
  await device.clock.advance(100);
  expect(device.values['temp']).toBeNull();
  expect(device.counters.outOfRange).toBe(1);
});

it('every driver with points takes the same keys for them', () => {
  const readings = { filters: [{ median: 3 }], outOfRange: 'unknown', publish: { deadband: 1 } };
  const points: { [kind: string]: object } = {
    board: { port: 'auto', points: { temp: readings } },
    gpio: { points: { temp: { pin: 17, direction: 'in', measure: 'count', ...readings } } },
    lines: { port: '/dev/ttyUSB0', points: { temp: readings } },
    w1: { points: { temp: { sensor: '28-0316a2795dff', ...readings } } },
  };
  expect(Object.keys(points).sort()).toEqual([...drivers.keys()].sort());
  for (const [kind, options] of Object.entries(points)) {
    const parsed = readingOptionsOf(drivers.get(kind)?.options.parse(options)).get('temp');
    expect(parsed?.filters?.map(({ name }) => name)).toEqual(['median']);
    expect(parsed).toMatchObject({ outOfRange: 'unknown', publish: { deadband: 1, maxWait: 5_000, immediate: false } });
  }
});
