import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceSession } from '../../src/device/driver.js';
import { isBridgeError } from '../../src/error.js';
import { sketchHex } from '../support/avr-bench.js';
import { UnoBench } from '../support/uno-bench.js';

const PINS = { pump: 4, lamp: 5, up: 6, down: 7 } as const;
type Relay = keyof typeof PINS;
const LOCKED = /excludes/;
const BUSY = /too short a time/;

describe('the example RelayBoard', () => {
  let bench: UnoBench;
  let session: DeviceSession;

  beforeEach(async () => {
    bench = new UnoBench({}, sketchHex('relayboard-uno'));
    session = await bench.connect();
  });
  afterEach(async () => await bench.close());

  /** Its relays switch on with LOW. */
  const isOn = (relay: Relay) => !bench.uno.pins.level(PINS[relay]);
  /** What was confirmed, or the words of a refusal. */
  const set = (point: Relay, value: boolean) =>
    bench.finish(
      bench.host.apply(session, { point, value }, 60_000).catch((error: unknown) => {
        if (isBridgeError(error, 'device/refused')) return error.message;
        throw error;
      }),
    );

  it('has all relays off from the start on, and none of them clicks', async () => {
    const fresh = new UnoBench({ seed: 7 }, sketchHex('relayboard-uno'));
    const driven: string[] = [];
    for (const [relay, pin] of Object.entries(PINS)) {
      fresh.uno.pins.onEdge(pin, (high) => {
        if (!high && fresh.uno.pins.mode(pin) === 'output') driven.push(relay);
      });
    }
    await fresh.connect();
    for (const pin of Object.values(PINS)) {
      expect(fresh.uno.pins.mode(pin)).toBe('output');
      expect(fresh.uno.pins.level(pin)).toBe(true);
    }
    expect(driven).toEqual([]);
    await fresh.close();
  });

  it('switches each relay, and no other', async () => {
    for (const relay of ['lamp', 'pump', 'up'] as const) {
      expect(await set(relay, true)).toEqual({ value: true, settled: true });
      expect(isOn(relay)).toBe(true);
    }
    expect(isOn('down')).toBe(false);
  });

  it('never drives its blind both ways', async () => {
    expect(await set('up', true)).toEqual({ value: true, settled: true });
    expect(await set('down', true)).toMatch(LOCKED);
    expect([isOn('up'), isOn('down')]).toEqual([true, false]);
    await set('up', false);
    expect(await set('down', true)).toEqual({ value: true, settled: true });
    expect(await set('up', true)).toMatch(LOCKED);
    await set('down', false);
    // Half a second of rest.
    expect(await set('down', true)).toMatch(BUSY);
    await bench.host.clock.advance(600);
    expect(await set('down', true)).toEqual({ value: true, settled: true });
  });

  it('stops its blind after 40 s by itself', async () => {
    await set('up', true);
    await bench.host.clock.advance(39_000);
    expect(isOn('up')).toBe(true);
    await bench.host.clock.advance(1_500);
    expect(isOn('up')).toBe(false);
    expect(bench.host.values['up']).toBe(false);
  }, 60_000);

  it('lets a pump rest for ten seconds', async () => {
    await set('pump', true);
    await set('pump', false);
    expect(await set('pump', true)).toMatch(BUSY);
    await bench.host.clock.advance(10_100);
    expect(await set('pump', true)).toEqual({ value: true, settled: true });
  }, 60_000);

  it('is off within the leases when its host falls silent', async () => {
    for (const relay of ['pump', 'lamp', 'up'] as const) await set(relay, true);
    // Nothing the host says gets there any more.
    bench.host.port.onWrite = () => {};
    await bench.host.clock.advance(3_300);
    expect([isOn('pump'), isOn('up'), isOn('lamp')]).toEqual([false, false, true]);
    await bench.host.clock.advance(58_000);
    expect(isOn('lamp')).toBe(false);
  }, 60_000);
});
