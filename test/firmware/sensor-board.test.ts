import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { A0 } from '../../devices/board/avr-pins.js';
import type { DeviceSession } from '../../src/device/driver.js';
import { sketchHex } from '../support/avr-bench.js';
import { Dht22 } from '../support/dht22.js';
import { UnoBench } from '../support/uno-bench.js';

const [CLIMATE, METER, MOTION, LIGHT] = [2, 3, 4, A0];
/** The sensor is asked every two seconds. */
const NEXT_MS = 2_600;

describe('the example SensorBoard', () => {
  let bench: UnoBench;
  let climate: Dht22;
  let session: DeviceSession;

  beforeEach(async () => {
    bench = new UnoBench({}, sketchHex('sensorboard-uno'));
    climate = new Dht22(bench.uno.chip, bench.uno.pins, CLIMATE);
    session = await bench.connect();
  });
  afterEach(async () => await bench.close());

  const wait = (ms: number) => bench.host.clock.advance(ms);

  it('describes itself', () => {
    expect(session.identity.id).toBe('sensors');
    expect(Object.keys(bench.host.values).sort()).toEqual(['hum', 'light', 'motion', 'temp', 'water']);
  });

  it.each([
    [21.4, 45.6],
    [-12.3, 99.9],
    [0, 0.1],
    [-0.1, 50],
    [79.9, 12.8],
  ])('reads %d °C and %d %% of a DHT22', async (temperature, humidity) => {
    climate.temperature = temperature;
    climate.humidity = humidity;
    await wait(2 * NEXT_MS);
    expect(bench.host.values).toMatchObject({ temp: temperature, hum: humidity });
  });

  it('reads it right while its host and its meter keep it busy', async () => {
    climate.temperature = 12.5;
    climate.humidity = 34.5;
    let over = false;
    const pulse = () => {
      for (const level of [false, true]) bench.uno.pins.drive(METER, level);
      if (!over) bench.host.clock.after(7, pulse);
    };
    pulse();
    const asked = climate.asked;
    const values = new Set<unknown>();
    await wait(NEXT_MS);
    for (let n = 0; n < 40; n++) {
      await bench.finish(session.check?.(AbortSignal.timeout(60_000)) ?? Promise.resolve());
      await wait(250);
      values.add(bench.host.values['temp']);
    }
    over = true;
    expect(climate.asked).toBeGreaterThan(asked + 3);
    expect([...values]).toEqual([12.5]);
  });

  it('knows nothing of it once it falls silent, and knows again when it speaks', async () => {
    climate.temperature = 20;
    await wait(2 * NEXT_MS);
    expect(bench.host.values['temp']).toBe(20);
    climate.silent = true;
    await wait(NEXT_MS);
    expect(bench.host.values).toMatchObject({ temp: null, hum: null });
    climate.silent = false;
    await wait(NEXT_MS);
    expect(bench.host.values['temp']).toBe(20);
  });

  it('measures light and motion', async () => {
    bench.uno.pins.analog(LIGHT, 2.5);
    bench.uno.pins.drive(MOTION, true);
    await wait(600);
    expect(bench.host.values).toMatchObject({ light: 50, motion: true });
    bench.uno.pins.drive(MOTION, false);
    await wait(200);
    expect(bench.host.values['motion']).toBe(false);
  });

  it('counts every pulse of its meter', async () => {
    bench.uno.pins.drive(METER, true);
    await wait(10);
    for (let n = 0; n < 900; n++) {
      bench.uno.pins.drive(METER, false);
      await wait(1);
      bench.uno.pins.drive(METER, true);
      await wait(1);
    }
    await wait(1_000);
    expect(bench.host.values['water']).toBe(2);
  });
});
