import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceSession } from '../../src/device/driver.js';
import { sketchHex } from '../support/avr-bench.js';
import { ServoReader } from '../support/servo-reader.js';
import { UnoBench } from '../support/uno-bench.js';

const [WEST, EAST] = [9, 10];
const [CLOSED, THROWN] = [1_250, 1_750];

describe('the example TurnoutBoard', () => {
  let bench: UnoBench;
  let session: DeviceSession;
  let west: ServoReader;
  let east: ServoReader;

  beforeEach(async () => {
    bench = new UnoBench({}, sketchHex('turnoutboard-uno'));
    west = new ServoReader(bench.uno.pins, WEST);
    east = new ServoReader(bench.uno.pins, EAST);
    session = await bench.connect();
  });
  afterEach(async () => await bench.close());

  it('moves nothing and knows nothing when it starts', async () => {
    await bench.host.clock.advance(2_000);
    expect(bench.host.values).toEqual({ turnout1: null, turnout2: null });
    expect([west.pulses, east.pulses]).toEqual([0, 0]);
  });

  it('throws a turnout: unknown on the way, and what it is once it has arrived', async () => {
    expect(await bench.set(session, 'turnout1', 'thrown')).toEqual({ value: 'thrown', settled: false });
    expect(bench.host.values['turnout1']).toBeNull();
    await bench.host.clock.advance(2_500);
    expect(bench.host.values).toEqual({ turnout1: 'thrown', turnout2: null });
    expect(west.micros).toBeCloseTo(THROWN, -1);
    expect(east.pulses).toBe(0);
    await bench.set(session, 'turnout1', 'closed');
    await bench.host.clock.advance(2_500);
    expect(bench.host.values['turnout1']).toBe('closed');
    expect(west.micros).toBeCloseTo(CLOSED, -1);
  });

  it('moves slowly, in pulses that are whole, and is still when it has arrived', async () => {
    await bench.set(session, 'turnout2', 'closed');
    await bench.host.clock.advance(2_500);
    const widths: number[] = [];
    let risen = 0;
    bench.uno.pins.onEdge(EAST, (high, cycle) => {
      if (high) risen = cycle;
      else widths.push((cycle - risen) / 16);
    });
    await bench.set(session, 'turnout2', 'thrown');
    await bench.host.clock.advance(2_500);
    expect(widths.length).toBeGreaterThan(50);
    for (const [n, width] of widths.entries()) {
      expect(width).toBeGreaterThanOrEqual(CLOSED - 1);
      expect(width).toBeLessThanOrEqual(THROWN + 1);
      expect(Math.abs(width - (widths[n - 1] ?? CLOSED))).toBeLessThanOrEqual(21);
    }
    const { pulses } = east;
    await bench.host.clock.advance(1_000);
    expect(east.pulses).toBe(pulses);
    expect(bench.uno.pins.level(EAST)).toBe(false);
  });

  it('turns round on the way when it is told to', async () => {
    await bench.set(session, 'turnout1', 'closed');
    await bench.host.clock.advance(2_500);
    await bench.set(session, 'turnout1', 'thrown');
    await bench.host.clock.advance(400);
    expect(await bench.set(session, 'turnout1', 'closed')).toEqual({ value: 'closed', settled: false });
    await bench.host.clock.advance(2_500);
    expect(bench.host.values['turnout1']).toBe('closed');
    expect(west.micros).toBeCloseTo(CLOSED, -1);
  });

  it('leaves turnouts where they are at an emergency stop', async () => {
    await bench.set(session, 'turnout1', 'thrown');
    await bench.host.clock.advance(2_500);
    await bench.finish(session.safeAll?.(AbortSignal.timeout(60_000)) ?? Promise.reject(new Error('no stop')));
    const { pulses } = west;
    await bench.host.clock.advance(1_000);
    expect(west.pulses).toBe(pulses);
    expect(bench.host.values['turnout1']).toBe('thrown');
  });
});
