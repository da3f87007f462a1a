import { afterEach, describe, expect, it } from 'vitest';
import { w1Kind } from '../../devices/w1/kind.js';
import { W1Simulator } from '../../devices/w1/simulator.js';
import { Device } from '../../src/device/device.js';
import { Store } from '../../src/state/store.js';
import { bareMachine } from '../support/bare-machine.js';
import { DriverBench, outcome } from '../support/driver-bench.js';
import { FakeFiles } from '../support/fake-files.js';
import { VirtualClock } from '../support/virtual-clock.js';

const CELLAR = '28-0316a2795dff';
const ATTIC = '28-0416b1c0ffee';
const LISTED = { cellar: { sensor: CELLAR, label: 'Cellar', min: 0 }, attic: { sensor: ATTIC } };

let bench: DriverBench;
afterEach(() => bench.close());

function busOf(options: object) {
  const parsed = w1Kind.options.parse({ root: '/fake', ...options });
  bench = new DriverBench(w1Kind.create(parsed));
  return new W1Simulator(parsed, bench.clock, 1);
}

async function live(options: object = { points: LISTED }) {
  const bus = busOf(options);
  bus.plug(bench.files);
  const session = await bench.connect(0);
  await bench.clock.advance(0);
  return { bus, session };
}

describe('thermometers on a 1-Wire bus', () => {
  it('are read under the names of the config, in rounds', async () => {
    const { bus } = await live();
    expect(bench.values).toEqual({ cellar: bus.celsius(CELLAR), attic: bus.celsius(ATTIC) });
    expect(bench.store.point('dev', 'cellar')?.spec).toEqual({
      id: 'cellar',
      role: 'sensor',
      type: 'number',
      unit: '°C',
      label: 'Cellar',
      min: 0,
    });
    const before = bench.values['cellar'];
    await bench.clock.advance(9_999);
    expect(bench.values['cellar']).toBe(before);
    await bench.clock.advance(1);
    expect(bench.values).toEqual({ cellar: bus.celsius(CELLAR), attic: bus.celsius(ATTIC) });
    expect(bench.values['cellar']).not.toBe(before);
  });

  it('get points by themselves where none are listed, also when they are wired up later', async () => {
    const { bus } = await live({ interval: '5s' });
    expect(bench.values).toEqual({ t_0316a2795dff: bus.celsius(CELLAR), t_0416b1c0ffee: bus.celsius(ATTIC) });
    bus.sensors.set('28-000000000001', 'well');
    await bench.clock.advance(6_000);
    expect(bench.values['t_000000000001']).toEqual(expect.any(Number));
  });

  it('never lose a listed sensor’s place to one that is not listed', async () => {
    const { bus } = await live({ points: { cellar: LISTED.cellar } });
    bus.sensors.set(ATTIC, 'well');
    await bench.clock.advance(20_000);
    expect(Object.keys(bench.values)).toEqual(['cellar']);
  });

  it('are read one after the other, live before the first has answered', async () => {
    const bus = busOf({ points: LISTED });
    bus.plug(bench.files);
    for (const sensor of [CELLAR, ATTIC]) bench.files.slow.set(`${sensor}/w1_slave`, 750);
    await bench.connect(0);
    expect(bench.values).toEqual({ cellar: null, attic: null });
    await bench.clock.advance(750);
    expect(bench.values).toEqual({ cellar: expect.any(Number), attic: null });
    await bench.clock.advance(750);
    expect(bench.values).toEqual({ cellar: expect.any(Number), attic: expect.any(Number) });
    expect(bench.files.most).toBe(1);
  });

  it.each(['garbled', 'zeros', 'power-on'] as const)(
    'are unknown while they are %s, and said so once',
    async (mood) => {
      const { bus } = await live();
      bus.sensors.set(CELLAR, mood);
      await bench.clock.advance(30_000);
      expect(bench.values).toEqual({ cellar: null, attic: bus.celsius(ATTIC) });
      expect(bench.store.point('dev', 'cellar')?.quality).toBe('unknown');
      expect(bench.warnings).toEqual([expect.stringMatching(/^cellar is unknown: /)]);
      expect(bench.counters.ignored).toBe(3);
      bus.sensors.set(CELLAR, 'well');
      await bench.clock.advance(10_000);
      expect(bench.values['cellar']).toBe(bus.celsius(CELLAR));
      expect(bench.infos).toContain('cellar measures again');
    },
  );

  it('are unknown while they are off the bus', async () => {
    const { bus } = await live();
    bus.sensors.delete(CELLAR);
    await bench.clock.advance(11_000);
    expect(bench.values).toEqual({ cellar: null, attic: expect.any(Number) });
    expect(bench.warnings).toEqual(['cellar is unknown: it is not on the bus']);
    bus.sensors.set(CELLAR, 'well');
    await bench.clock.advance(11_000);
    expect(bench.values['cellar']).toEqual(expect.any(Number));
  });

  it.each([
    ['file/timeout', 'it does not answer'],
    ['file/failed', 'w1_slave fails'],
    ['file/denied', 'w1_slave fails'],
  ])('cost the others nothing when reading one ends with %s', async (code, words) => {
    const bus = busOf({ points: LISTED });
    bus.plug(bench.files);
    bench.files.failing.set(`${CELLAR}/w1_slave`, code);
    await bench.connect(0);
    await bench.clock.advance(0);
    expect(bench.values).toEqual({ cellar: null, attic: bus.celsius(ATTIC) });
    expect(bench.warnings[0]).toContain(words);
  });

  it('are read from `temperature` where the kernel shows nothing else', async () => {
    const bus = busOf({ points: LISTED });
    bus.plug(bench.files);
    bench.files.remove(`${CELLAR}/w1_slave`);
    bench.files.write(`${CELLAR}/temperature`, '-1062\n');
    await bench.connect(0);
    await bench.clock.advance(0);
    expect(bench.values['cellar']).toBe(-1.062);
  });

  it('are told from their bus, which ends the session when it goes', async () => {
    const { bus } = await live();
    bus.unplug();
    await bench.clock.advance(10_000);
    expect(await bench.io.ended).toMatchObject({
      code: 'w1/no-bus',
      hint: expect.stringContaining('dtoverlay=w1-gpio'),
    });
    expect(bench.clock.timers).toBe(0);
  });

  it('do not begin without a bus, and do with an empty one', async () => {
    busOf({});
    expect(await outcome(bench.connect(0))).toBe('w1/no-bus');
    bench.files.write('w1_bus_master2/w1_master_slaves', 'not found.\n');
    await bench.connect(0);
    expect(bench.values).toEqual({});
    expect(bench.warnings).toEqual([expect.stringContaining('no thermometer answers')]);
  });

  it('are said to have another resolution than expected, with the command that sets it', async () => {
    await live({ points: LISTED, resolution: 10 });
    expect(bench.warnings).toHaveLength(2);
    expect(bench.warnings[0]).toBe(
      `${CELLAR} is set to 12 bits and not to 10: echo 10 | sudo tee /fake/${CELLAR}/resolution`,
    );
  });

  it('are live at once though none tells its resolution, and each is asked for it once', async () => {
    const bus = busOf({ points: LISTED, resolution: 12 });
    bus.plug(bench.files);
    for (const sensor of [CELLAR, ATTIC]) bench.files.slow.set(`${sensor}/resolution`, 10_000);
    await bench.connect(0);
    await bench.clock.advance(0);
    expect(bench.values['cellar']).toEqual(expect.any(Number));
    await bench.clock.advance(20_000);
    expect(bench.values['attic']).toEqual(expect.any(Number));
    for (const sensor of [CELLAR, ATTIC]) bench.files.write(`${sensor}/resolution`, '9\n');
    await bench.clock.advance(60_000);
    expect(bench.warnings).toEqual([]);
  });

  it('are known before the bus is there, where they are listed', async () => {
    await live();
    const options = w1Kind.options.parse({ points: LISTED });
    expect(w1Kind.points?.(options)).toEqual([...bench.store.points('dev').values()].map(({ spec }) => spec));
    expect(w1Kind.points?.(w1Kind.options.parse({}))).toBeUndefined();
  });

  it('can not be switched', async () => {
    const { session } = await live();
    expect(await outcome(bench.apply(session, { point: 'cellar', value: 20 }))).toBe('device/refused');
  });
});

describe('a supervised bus', () => {
  it('goes offline with its values unknown, and comes back by itself', async () => {
    const clock = new VirtualClock();
    const files = new FakeFiles(clock);
    const store = new Store(clock);
    const options = w1Kind.options.parse({ root: '/fake', points: LISTED });
    const bus = new W1Simulator(options, clock, 1);
    const device = new Device({
      ...bareMachine,
      id: 'bus',
      kind: w1Kind,
      driver: w1Kind.create(options),
      readText: (path, signal) => files.read(path, signal),
      store,
      clock,
    });
    const words: string[] = [];
    store.subscribe({ health: (_device, word) => void words.push(word) });
    bus.plug(files);
    device.start();
    await clock.advance(1_000);
    expect(store.point('bus', 'attic')).toMatchObject({ quality: 'good' });
    bus.unplug();
    await clock.advance(20_000);
    expect(store.point('bus', 'attic')).toMatchObject({ value: null, quality: 'unknown' });
    bus.plug(files);
    await clock.advance(6_000);
    expect(store.point('bus', 'attic')).toMatchObject({ value: expect.any(Number), quality: 'good' });
    expect(words).toEqual(['online', 'offline', 'online']);
    bus.unplug();
    await device.stop();
    expect(clock.timers).toBe(0);
  });
});

describe('the options', () => {
  it.each([
    [{ points: { a: { sensor: '28-xyz' } } }, 'not the id of a thermometer'],
    [{ points: { a: { sensor: CELLAR }, b: { sensor: CELLAR } } }, '`a` and `b` are the same sensor'],
    [{ points: { a: { sensor: CELLAR, min: 5, max: 5 } } }, '`min` must be below `max`'],
    [{ interval: 10 }, 'a duration needs a unit'],
    [{ interval: '0.5s' }, 'must be between 1s and 1h'],
    [{ resolution: 8 }, '>=9'],
    [{ pin: 4 }, 'pin'],
  ])('%j are refused', (options, message) => {
    const { error } = w1Kind.options.safeParse(options);
    expect(JSON.stringify(error?.issues)).toContain(message);
  });
});
