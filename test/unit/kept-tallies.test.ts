import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gpioKind } from '../../devices/gpio/kind.js';
import { SimulatedPins } from '../../devices/gpio/simulated-pins.js';
import { silentLog } from '../../src/log.js';
import { KeptTallies, type TallyRecord } from '../../src/state/kept-tallies.js';
import { StateFile } from '../../src/state/state-file.js';
import { DriverBench } from '../support/driver-bench.js';
import { VirtualClock } from '../support/virtual-clock.js';

const POINTS = {
  water: { pin: 6, direction: 'in', measure: 'count', scale: 0.1, unit: 'L' },
  bell: { pin: 5, direction: 'in', role: 'event', debounce: '0ms' },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carter-tallies-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const path = () => join(folder, 'counters.json');

function start(kept = true): KeptTallies {
  const file = kept ? new StateFile<TallyRecord>(path(), silentLog) : undefined;
  const tallies = new KeptTallies({ clock: new VirtualClock(), intervalMs: 10_000 });
  void tallies.keepIn(file);
  return tallies;
}

/** One session of pins, in which there are so many pulses and rings; what it said at the start and at the end. */
async function session(tallies: KeptTallies, pulses: number, rings = 0) {
  const clock = new VirtualClock();
  const pins = new SimulatedPins(clock);
  const driver = gpioKind.create(gpioKind.options.parse({ points: POINTS }));
  const bench = new DriverBench(driver, pins, clock, undefined, undefined, tallies.of('dev'));
  await bench.connect(0);
  const first = bench.values['water'];
  for (let n = 0; n < pulses; n += 1) pins.pulse(6);
  for (let n = 0; n < rings; n += 1) pins.pulse(5);
  const last = bench.values['water'];
  const presses = bench.events.filter(({ event }) => event === 'pressed').map(({ count }) => count);
  await bench.close();
  return { first, last, presses };
}

describe('what pins count', () => {
  it('goes on in the next session, and after a restart where that is wanted', async () => {
    let tallies = start();
    expect(await session(tallies, 3, 1)).toEqual({ first: 0, last: 0.3, presses: [1] });
    expect(await session(tallies, 2, 2)).toEqual({ first: 0.3, last: 0.5, presses: [2, 3] });
    await tallies.close();
    tallies = start();
    expect(await session(tallies, 1, 1)).toEqual({ first: 0.5, last: 0.6, presses: [4] });
    await tallies.close();
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toEqual({
      version: 1,
      counts: { 'dev.water': 6, 'dev.bell.pressed': 4, 'dev.bell.released': 4 },
    });
  });

  it('begins anew after a restart where nobody wants it kept', async () => {
    const tallies = start(false);
    await session(tallies, 3);
    expect(await session(tallies, 1)).toMatchObject({ first: 0.3, last: 0.4 });
    await tallies.close();
    expect(await session(start(false), 1)).toMatchObject({ first: 0, last: 0.1 });
  });

  it('begins anew where the file holds something else', () => {
    writeFileSync(path(), '{"version": 1, "counts": {"dev.water": 1.5}}');
    expect(start().of('dev').get('water')).toBe(0);
  });

  it('is each device’s own, and bounded', () => {
    const tallies = start(false);
    tallies.of('a').set('first', 1);
    tallies.of('a').set('kept', 2);
    for (let n = 0; n < 1022; n += 1) tallies.of('b').set(`n${n}`, n);
    tallies.of('a').set('kept', 3);
    tallies.of('b').set('one_more', 1);
    expect(tallies.of('a').get('first')).toBe(0);
    expect(tallies.of('a').get('kept')).toBe(3);
    expect(tallies.of('b').get('kept')).toBe(0);
    expect(tallies.of('b').get('n0')).toBe(0);
    expect(tallies.of('b').get('n1')).toBe(1);
  });
});
