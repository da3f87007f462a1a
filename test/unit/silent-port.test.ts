import { describe, expect, it } from 'vitest';
import { LinesDriver } from '../../devices/lines/driver.js';
import { linesOptions } from '../../devices/lines/options.js';
import { Device } from '../../src/device/device.js';
import type { Log } from '../../src/log.js';
import { Store } from '../../src/state/store.js';
import { bareMachine } from '../support/bare-machine.js';
import { FakePort } from '../support/fake-line.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** A sketch that prints each second, and a line that can go dead without the port noticing. */
async function setUp() {
  const clock = new VirtualClock();
  const store = new Store(clock);
  const port = new FakePort(clock);
  const line = { dead: false };
  const speak = () => {
    if (!line.dead) port.say('temp=21');
    clock.after(1_000, speak);
  };
  speak();
  const lines: string[] = [];
  const say = (level: string) => (_fields: object, message: string) => void lines.push(`${level} ${message}`);
  const log: Log = { debug: () => {}, info: say('info'), warn: say('warn'), error: say('error'), child: () => log };
  const health: string[] = [];
  store.subscribe({ health: (_, word) => void health.push(word) });
  const device = new Device({
    ...bareMachine,
    id: 'meter',
    kind: { kind: 'lines', inFlight: 'point', pulses: false },
    driver: new LinesDriver(linesOptions.parse({ port: '/dev/fake', boot: '1500ms' })),
    openLine: port.open,
    store,
    clock,
    log,
  });
  device.start();
  await clock.advance(20_000);
  return { clock, store, port, line, lines, health, device };
}

describe('a port that is open and silent', () => {
  it('is stale after 10 s and opened anew after 30 s, in case that helps', async () => {
    const { clock, store, port, line } = await setUp();
    line.dead = true;
    await clock.advance(9_000);
    expect(store.health('meter')).toBe('online');
    await clock.advance(2_000);
    expect(store.health('meter')).toBe('stale');
    expect(store.point('meter', 'temp')).toMatchObject({ value: 21, quality: 'stale' });
    expect(port.opens).toBe(1);
    await clock.advance(20_000);
    expect(port.opens).toBe(2);
    expect(store.point('meter', 'temp')).toMatchObject({ value: null, quality: 'unknown' });
    line.dead = false;
    await clock.advance(3_000);
    expect(store.health('meter')).toBe('online');
    expect(store.point('meter', 'temp')).toMatchObject({ value: 21, quality: 'good' });
  });

  it('is told once, never taken for online, and left alone for longer and longer', async () => {
    const { clock, line, lines, port, health, store } = await setUp();
    line.dead = true;
    await clock.advance(60_000);
    const told = lines.length;
    const words = health.length;
    const opens: number[] = [];
    for (let minute = 0; minute < 60; minute++) {
      const before = port.opens;
      await clock.advance(60_000);
      if (port.opens > before) opens.push(minute);
    }
    expect(lines.slice(told)).toEqual([]);
    expect(new Set(health.slice(words))).toEqual(new Set(['offline', 'stale']));
    expect(opens.slice(0, 3)).toEqual([0, 2, 6]);
    expect(opens.length).toBeLessThanOrEqual(15);
    line.dead = false;
    await clock.advance(1_000);
    expect(store.health('meter')).toBe('online');
    expect(lines.slice(told)).toEqual([
      'info the device speaks again',
      expect.stringMatching(/^info the connection works again after 1 h/),
    ]);
  });

  it('is no trouble any more once it spoke', async () => {
    const { clock, line, port, store } = await setUp();
    line.dead = true;
    await clock.advance(300_000);
    line.dead = false;
    await clock.advance(20_000);
    const { opens } = port;
    line.dead = true;
    await clock.advance(12_000);
    expect(store.health('meter')).toBe('stale');
    await clock.advance(20_000);
    expect(port.opens).toBe(opens + 1);
  });
});
