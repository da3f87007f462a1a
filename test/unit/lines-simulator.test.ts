import { afterEach, describe, expect, it } from 'vitest';
import { LinesDriver } from '../../devices/lines/driver.js';
import { linesOptions } from '../../devices/lines/options.js';
import { LinesSimulator } from '../../devices/lines/simulator.js';
import type { DeviceSession } from '../../src/device/driver.js';
import { DriverBench, outcome } from '../support/driver-bench.js';
import { VirtualClock } from '../support/virtual-clock.js';

const POINTS = {
  temp: { from: 'Temp C', min: 10, max: 30 },
  pump: { role: 'actuator', type: 'boolean', write: 'PUMP {value:run|halt}' },
  level: { role: 'actuator', type: 'number', min: 0, max: 100, step: 1, write: 'L{value}' },
  mode: { role: 'actuator', type: 'enum', options: ['eco', 'full'], write: 'M{value:0|1}' },
};

let bench: DriverBench;
let simulator: LinesSimulator;
let session: DeviceSession;
afterEach(() => bench.close());

async function live(config: object) {
  const options = linesOptions.parse({ port: '/dev/fake', ...config });
  bench = new DriverBench(new LinesDriver(options));
  simulator = new LinesSimulator(options, bench.clock, 1);
  const connected = bench.begin();
  await bench.clock.advance(0);
  bench.plug(simulator, { lf: '\n', crlf: '\r\n', cr: '\r' }[options.newline]);
  await bench.clock.advance(3000);
  session = await connected;
}

const set = async (point: string, value: boolean | number | string) => {
  const done = outcome(bench.apply(session, { point, value }));
  await bench.clock.advance(2000);
  return await done;
};

describe('simulator and driver', () => {
  it.each<[{ from?: string; [key: string]: unknown }]>([
    [{ format: 'auto' }],
    [{ format: 'json', newline: 'crlf' }],
    [{ format: 'keyvalue', newline: 'cr' }],
    [{ format: { csv: ['level', 'Temp C', 'pump', 'mode'] } }],
    [{ format: { regex: '^T=(?<t>[-0-9.]+)? P=(?<pump>\\w+) L=(?<level>\\d+) M=(?<mode>\\w+)$' }, from: 't' }],
  ])('understand each other with %j', async ({ from, ...config }) => {
    await live({ ...config, points: { ...POINTS, temp: { ...POINTS.temp, ...(from ? { from } : {}) } } });
    expect(bench.values).toMatchObject({ pump: false, level: 0, mode: 'eco' });
    const temp = bench.values['temp'];
    expect(temp).toBeGreaterThanOrEqual(10);
    expect(temp).toBeLessThanOrEqual(30);
    expect(await set('pump', true)).toEqual({ value: true, settled: true });
    expect(await set('level', 42)).toEqual({ value: 42, settled: true });
    expect(await set('mode', 'full')).toEqual({ value: 'full', settled: true });
    expect([simulator.output('pump'), simulator.output('level'), simulator.output('mode')]).toEqual([true, 42, 'full']);
    await bench.clock.advance(10_000);
    expect(bench.values['temp']).not.toBe(temp);
  });

  it('understand each other in plotter lines, which hold numbers only', async () => {
    const { temp, pump, level } = POINTS;
    await live({ format: 'plotter', points: { temp, pump: { ...pump, write: 'PUMP {value}' }, level } });
    expect(await set('pump', true)).toEqual({ value: true, settled: true });
    expect(await set('level', 42)).toEqual({ value: 42, settled: true });
  });

  it('shows a greenhouse where no points are listed', async () => {
    await live({});
    expect(Object.keys(bench.values)).toEqual(['temp', 'hum', 'light', 'pump']);
    expect([...bench.store.points('dev').values()].every(({ value }) => value !== null)).toBe(true);
  });

  it('says the same for the same seed and something else for another', async () => {
    const record = async (seed: number) => {
      const clock = new VirtualClock();
      const said: string[] = [];
      const one = new LinesSimulator(linesOptions.parse({ port: '/dev/fake' }), clock, seed);
      one.garble(0.5);
      one.plug({ send: (text) => said.push(text), receive: () => {} });
      await clock.advance(5000);
      one.unplug();
      expect(clock.timers).toBe(0);
      return said;
    };
    expect(await record(1)).toEqual(await record(1));
    expect(await record(1)).not.toEqual(await record(2));
    await live({});
  });
});

describe('a simulated board in trouble', () => {
  it('that answers late confirms late, or too late', async () => {
    await live({ points: POINTS });
    simulator.late(900);
    expect(await set('pump', true)).toEqual({ value: true, settled: true });
    simulator.late(1900);
    expect(await set('pump', false)).toBe('device/mismatch');
    await bench.clock.advance(500);
    expect(bench.values['pump']).toBe(false);
  });

  it('that is silent times out, and the readings stay what was said last', async () => {
    await live({ points: POINTS });
    simulator.silent();
    expect(await set('pump', true)).toBe('device/timeout');
    expect(bench.values['pump']).toBe(false);
    expect(simulator.output('pump')).toBe(true);
    simulator.silent(false);
    await bench.clock.advance(500);
    expect(bench.values['pump']).toBe(true);
  });

  it('that lies is a mismatch', async () => {
    await live({ points: POINTS });
    simulator.lie();
    expect(await set('level', 10)).toBe('device/mismatch');
    expect(bench.values['level']).toBe(11);
  });

  it('that refuses is believed', async () => {
    const confirm = { reply: '^OK pump (?<value>\\w+)$', refuse: '^NO' };
    await live({ points: { ...POINTS, pump: { ...POINTS.pump, confirm } } });
    expect(await set('pump', true)).toEqual({ value: true, settled: true });
    simulator.refuse();
    expect(await set('pump', false)).toBe('device/refused');
    expect(await set('level', 5)).toBe('device/mismatch');
    expect(bench.values).toMatchObject({ pump: true, level: 0 });
  });

  it('that restarts says so by its banner, and is lost', async () => {
    await live({ points: POINTS, banner: '^ready v\\d' });
    expect(await set('pump', true)).toEqual({ value: true, settled: true });
    simulator.reset();
    expect(bench.io.signal.reason).toMatchObject({ code: 'device/lost' });
    expect(simulator.output('pump')).toBe(false);
  });

  it('that garbles loses lines but never says a wrong number', async () => {
    await live({ points: POINTS });
    simulator.garble(0.7);
    for (let i = 0; i < 100; i++) {
      await bench.clock.advance(500);
      const { temp, pump, level, mode } = bench.values;
      if (temp !== null) expect(temp).toSatisfy((value: number) => value >= 10 && value <= 30);
      expect([pump, level, mode]).toEqual([
        expect.toBeOneOf([false, null]),
        expect.toBeOneOf([0, null]),
        expect.toBeOneOf(['eco', null]),
      ]);
    }
    expect(bench.counters.ignored).toBeGreaterThan(10);
    expect(bench.counters.driverErrors).toBe(0);
  });

  it('that floods without a newline changes nothing', async () => {
    await live({ points: POINTS });
    const { values } = bench;
    simulator.flood(5000);
    await bench.clock.advance(5000);
    expect(bench.values).toEqual(values);
    simulator.flood(0);
    await bench.clock.advance(1500);
    expect(bench.counters.overlong).toBe(1);
    expect(bench.counters.driverErrors).toBe(0);
  });

  it('that is gone says nothing and hears nothing', async () => {
    await live({ points: POINTS });
    simulator.unplug();
    bench.port.vanish();
    await bench.clock.advance(10);
    expect(bench.io.signal.aborted).toBe(true);
    expect(await set('pump', true)).toBe('port/gone');
    expect(simulator.output('pump')).toBe(false);
  });
});
