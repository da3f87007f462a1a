import { describe, expect, it } from 'vitest';
import { BridgeError } from '../../src/error.js';
import { Store } from '../../src/state/store.js';
import { frailDevice } from '../support/frail-device.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** Lets a session come about and die, `times` times. */
async function dying(times: number, { clock, driver }: { clock: VirtualClock } & ReturnType<typeof frailDevice>) {
  for (let i = 0; i < times; i++) {
    await clock.advance(5_100);
    driver.die();
    await clock.advance(1);
  }
}

function setUp() {
  const clock = new VirtualClock();
  return { clock, ...frailDevice(clock) };
}

describe('a device whose sessions keep dying', () => {
  it('is degraded from the fifth death within a minute on, also between two sessions', async () => {
    const parts = setUp();
    parts.device.start();
    await dying(4, parts);
    expect(parts.store.health('shed')).toBe('offline');
    await dying(1, parts);
    expect(parts.store.health('shed')).toBe('degraded');
    const before = parts.health.length;
    await dying(20, parts);
    expect(parts.health).toHaveLength(before);
  });

  it('is tried slowly, and told about once', async () => {
    const parts = setUp();
    parts.device.start();
    await dying(5, parts);
    const told = parts.lines.length;
    expect(parts.lines.filter((line) => line.includes('degraded'))).toEqual([
      'warn lost 5 times within a minute: degraded, and tried again every 5 s, until it stays for 30 s',
    ]);
    const before = parts.driver.connections;
    await dying(24, parts);
    expect(parts.driver.connections - before).toBeLessThanOrEqual(25);
    expect(parts.lines.slice(told)).toEqual([]);
  });

  it('is well by itself once a session lasts, which is told', async () => {
    const parts = setUp();
    parts.device.start();
    await dying(8, parts);
    await parts.clock.advance(5_000);
    expect(parts.device.state).toBe('live');
    await parts.clock.advance(29_000);
    expect(parts.store.health('shed')).toBe('degraded');
    await parts.clock.advance(1_100);
    expect(parts.store.health('shed')).toBe('online');
    expect(parts.lines.at(-1)).toMatch(/^info the connection works again after .*, 4 failures$/);
    parts.driver.die();
    await parts.clock.advance(200);
    expect(parts.device.state).toBe('live');
    expect(parts.store.health('shed')).toBe('online');
  });

  it('is offline once it did not come back for a minute', async () => {
    const parts = setUp();
    parts.device.start();
    await dying(5, parts);
    parts.driver.onConnect = () => Promise.reject(new BridgeError('device/no-answer', 'nobody there'));
    await parts.clock.advance(50_000);
    expect(parts.store.health('shed')).toBe('degraded');
    await parts.clock.advance(20_000);
    expect(parts.store.health('shed')).toBe('offline');
  });

  it('is offline as soon as its cable is pulled, and there at once when it is plugged in', async () => {
    const parts = setUp();
    parts.device.start();
    await dying(6, parts);
    parts.driver.onConnect = () => Promise.reject(new BridgeError('port/missing', 'no such port'));
    await parts.clock.advance(5_100);
    expect(parts.store.health('shed')).toBe('offline');
    parts.driver.onConnect = undefined;
    parts.appear();
    await parts.clock.advance(60);
    expect(parts.device.state).toBe('live');
  });

  it('is not tried more often for a port that comes and goes with it', async () => {
    const parts = setUp();
    parts.device.start();
    await dying(6, parts);
    const before = parts.driver.connections;
    for (let i = 0; i < 100; i++) {
      parts.driver.die();
      await parts.clock.advance(50);
      parts.appear();
      await parts.clock.advance(50);
    }
    expect(parts.driver.connections - before).toBeLessThanOrEqual(4);
  });

  it('leaves no timer behind when it is stopped in its wait', async () => {
    const parts = setUp();
    parts.device.start();
    await dying(6, parts);
    await parts.device.stop();
    expect(parts.clock.timers).toBe(0);
    expect(parts.store.health('shed')).toBe('offline');
  });
});

describe('a driver that throws', () => {
  const bug = () => {
    throw new TypeError('undefined is not a board');
  };

  it.each([
    ['at once', bug],
    ['later', () => Promise.reject(new TypeError('undefined is not a board'))],
  ])('while it connects, %s, is that device’s trouble only', async (_, onConnect) => {
    const clock = new VirtualClock();
    const store = new Store(clock);
    const ill = frailDevice(clock, store, 'ill');
    const well = frailDevice(clock, store, 'well');
    ill.driver.onConnect = onConnect;
    ill.device.start();
    well.device.start();
    await clock.advance(60_000);
    expect(ill.device.trouble).toBe('undefined is not a board [device/driver]');
    expect(ill.driver.connections).toBeLessThan(30);
    expect(ill.lines).toEqual(['warn the connection failed: undefined is not a board [device/driver]']);
    expect(store.health('well')).toBe('online');
    ill.driver.onConnect = undefined;
    await clock.advance(5_000);
    expect(store.health('ill')).toBe('online');
  });

  it('at a command refuses it, and goes on', async () => {
    const { clock, device, driver } = setUp();
    device.start();
    await clock.advance(100);
    const command = { point: 'lamp', value: true, origin: 'anna', deadline: clock.now() + 1_500 };
    driver.onApply = bug;
    const outcome = device.command(command);
    await clock.advance(10);
    expect(await outcome).toMatchObject({ ok: false, code: 'mismatch' });
    driver.onApply = undefined;
    expect(await device.command(command)).toMatchObject({ ok: true });
  });

  it('at the safe values says which are in doubt', async () => {
    const { clock, device, driver } = setUp();
    device.start();
    await clock.advance(100);
    driver.onApply = bug;
    expect(await device.safeAll('offline', 'the end')).toEqual(['lamp']);
  });
});
