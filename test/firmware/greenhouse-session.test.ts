import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GREENHOUSE } from '../../devices/board/avr-greenhouse.js';
import type { DeviceSession } from '../../src/device/driver.js';
import { UnoBench } from '../support/uno-bench.js';

/** From the write of a stop at the host to the outputs at their safe values, in ms. */
const STOP_MS = 20;

describe('the shipped firmware in an emulated Uno, with the real driver', () => {
  let bench: UnoBench;
  let session: DeviceSession;

  beforeEach(async () => {
    bench = new UnoBench();
    session = await bench.connect();
  });
  afterEach(async () => await bench.close());

  it('describes itself and says all its values', () => {
    expect(session.identity.id).toBe('greenhouse');
    expect(Object.keys(bench.host.values).sort()).toEqual(['button', 'fan', 'hum', 'light', 'pump', 'temp', 'vent']);
    expect(bench.host.values).toMatchObject({ pump: false, fan: 0, vent: 'closed', temp: expect.any(Number) });
  });

  it('measures what is put on its pins', async () => {
    const before = { ...bench.host.values };
    const { pins } = bench.uno;
    for (const pin of [GREENHOUSE.light, GREENHOUSE.temp, GREENHOUSE.hum]) pins.analog(pin, 2.5);
    await bench.host.clock.advance(6_000);
    for (const point of ['light', 'temp', 'hum']) expect(bench.host.values[point]).not.toBe(before[point]);
  });

  it('puts its pins where it is told, and says so', async () => {
    const { pins } = bench.uno;
    expect(await bench.set(session, 'pump', true)).toEqual({ value: true, settled: true });
    expect(pins.level(GREENHOUSE.pump)).toBe(true);
    expect(bench.host.values['pump']).toBe(true);
    expect(await bench.set(session, 'fan', 45)).toEqual({ value: 45, settled: true });
    expect(await bench.duty(GREENHOUSE.fan)).toBeCloseTo(0.45, 1);
    await bench.set(session, 'pump', false);
    expect(pins.level(GREENHOUSE.pump)).toBe(false);
  });

  it('tells each press of its button once', async () => {
    for (let press = 0; press < 5; press++) {
      bench.uno.pins.drive(GREENHOUSE.button, false);
      await bench.host.clock.advance(120);
      bench.uno.pins.drive(GREENHOUSE.button, undefined);
      await bench.host.clock.advance(120);
    }
    const told = bench.host.events.filter(({ point }) => point === 'button');
    const presses = told.filter(({ event }) => event === 'pressed').map(({ count = 0 }) => count);
    expect(presses).toHaveLength(5);
    expect(new Set(presses).size).toBe(5);
    // None was lost in between, whatever else the button tells.
    expect(told.map(({ count }) => count)).toEqual(told.map((_, index) => index + 1));
  });

  it('times a pulse by its own clock', async () => {
    const edges: [boolean, number][] = [];
    bench.uno.pins.onEdge(GREENHOUSE.pump, (high, cycle) => edges.push([high, cycle / 16_000]));
    await bench.finish(bench.host.apply(session, { point: 'pump', value: true, pulseMs: 300 }));
    await bench.host.clock.advance(500);
    expect(edges.map(([high]) => high)).toEqual([true, false]);
    expect(Math.abs((edges[1]?.[1] ?? 0) - (edges[0]?.[1] ?? 0) - 300)).toBeLessThan(5);
    expect(bench.host.values['pump']).toBe(false);
  });

  it(`stops within ${STOP_MS} ms of the host's write, whatever it is doing`, async () => {
    const { pins } = bench.uno;
    let low = 0;
    pins.onEdge(GREENHOUSE.pump, (high) => {
      if (!high) low = bench.uno.chip.cycles / 16_000;
    });
    const took: number[] = [];
    for (let n = 0; n < 60; n++) {
      await bench.set(session, 'fan', 5 * (1 + (n % 20)));
      await bench.set(session, 'pump', true);
      // Somewhere in its loop, and in what it says: every third time while it answers with everything.
      await bench.host.clock.advance(17.3 * (n % 7) + 0.37 * n);
      const asked = n % 3 === 0 ? bench.host.apply(session, { point: 'fan', value: 100 }) : undefined;
      asked?.catch(() => {});
      await bench.host.clock.advance(0);
      const stopped = session.safeAll?.(AbortSignal.timeout(60_000));
      const lines = () => bench.written.findLastIndex((line) => / stop /.test(line));
      const before = lines();
      while (lines() === before) await bench.host.clock.advance(0.5);
      const wrote = bench.wroteAt;
      await bench.finish(stopped ?? Promise.reject(new Error('the driver has no stop')));
      await bench.host.clock.advance(40);
      expect([pins.level(GREENHOUSE.pump), await bench.duty(GREENHOUSE.fan)]).toEqual([false, 0]);
      took.push(low - wrote);
      await asked?.catch(() => {});
    }
    // The line itself takes 1.5 ms.
    expect(Math.min(...took)).toBeGreaterThan(1.4);
    expect(Math.max(...took)).toBeLessThan(STOP_MS);
  }, 60_000);

  it('is safe within the lease when its host falls silent, in the middle of whatever', async () => {
    const { pins } = bench.uno;
    await bench.set(session, 'pump', true);
    await bench.set(session, 'fan', 100);
    await bench.host.clock.advance(2_500);
    expect(pins.level(GREENHOUSE.pump)).toBe(true);
    const silent = bench.now;
    let low = Number.NaN;
    pins.onEdge(GREENHOUSE.pump, (high, cycle) => {
      low = high ? Number.NaN : cycle / 16_000;
    });
    bench.host.port.onWrite = () => {};
    await bench.host.clock.advance(3_200);
    expect(low - silent).toBeLessThanOrEqual(3_050);
    expect(await bench.duty(GREENHOUSE.fan)).toBe(0);
    expect(bench.said.some((line) => / log warn /.test(line))).toBe(true);
  });
});

describe('the shipped firmware at its start', () => {
  it('has its outputs at rest and connects, whatever the memory holds', async () => {
    const boots = new Set<string>();
    for (let seed = 1; seed <= 100; seed++) {
      const bench = new UnoBench({ seed });
      let rose = 0;
      for (const pin of [GREENHOUSE.pump, GREENHOUSE.fan]) bench.uno.pins.onEdge(pin, (high) => high && rose++);
      const session = await bench.connect(500);
      expect([seed, rose, bench.host.values['pump'], bench.host.values['fan']]).toEqual([seed, 0, false, 0]);
      boots.add(session.identity.bootId ?? '');
      await bench.close();
    }
    expect(boots.has('')).toBe(false);
  }, 60_000);

  it('says another boot id each time, as long as its EEPROM lives', async () => {
    const bench = new UnoBench();
    await bench.connect();
    const boots = () => bench.said.flatMap((line) => /^0 hello 0 1 (\d+) /.exec(line)?.[1] ?? []);
    for (let n = 0; n < 12; n++) {
      // Also when the power fails while the count is being written.
      if (n % 3 === 0) {
        bench.uno.unplug();
        bench.plug();
        await bench.host.clock.advance(3 * (n % 5));
        bench.uno.unplug();
        bench.plug();
      } else bench.uno.reset();
      await bench.host.clock.advance(300);
    }
    expect(boots().length).toBeGreaterThanOrEqual(13);
    expect(new Set(boots()).size).toBe(boots().length);
    await bench.close();
  });

  it('connects through a boot loader that eats what it hears', async () => {
    const bench = new UnoBench({ power: 'own', bootLoaderMs: 1_700 });
    bench.plug();
    await bench.host.clock.advance(100);
    bench.uno.reset();
    const session = await bench.host.connect(2_300);
    expect(session.identity.id).toBe('greenhouse');
    await bench.close();
  });
});
