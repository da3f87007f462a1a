import { describe, expect, it } from 'vitest';
import { Alarm } from '../../src/notify/alarm.js';
import { watchLostDevices } from '../../src/notify/lost-devices.js';
import { parseExpression } from '../../src/state/expression.js';
import { Store } from '../../src/state/store.js';
import { VirtualClock } from '../support/virtual-clock.js';

const MINUTE = 60_000;

function alarm(when: string, forMs: number, everyMs: number) {
  const clock = new VirtualClock();
  const store = new Store(clock);
  store.describe('shed', [{ id: 'temp', role: 'sensor', type: 'number' }]);
  const said: number[] = [];
  const say = () => void said.push(clock.now());
  const made = new Alarm({ when: parseExpression(when), forMs, everyMs, say, store, clock });
  const is = (value: number | null) => store.report('shed', [{ point: 'temp', value }]);
  return { clock, store, said, is, made };
}

describe('an alarm', () => {
  it('is said once its condition has held for so long, and again at its pace while it holds', async () => {
    const { clock, said, is, made } = alarm('shed.temp > 30', MINUTE, 15 * MINUTE);
    is(31);
    await clock.advance(30_000);
    is(32);
    await clock.advance(30_000);
    expect(said).toEqual([MINUTE]);
    await clock.advance(30 * MINUTE);
    expect(said).toEqual([MINUTE, 16 * MINUTE, 31 * MINUTE]);
    is(20);
    await clock.advance(60 * MINUTE);
    expect(said).toHaveLength(3);
    made.stop();
    is(40);
    await clock.advance(60 * MINUTE);
    expect(said).toHaveLength(3);
    expect(clock.timers).toBe(0);
  });

  it('is not said where its condition did not hold all the while', async () => {
    const { clock, said, is } = alarm('shed.temp > 30', MINUTE, 15 * MINUTE);
    for (let i = 0; i < 10; i++) {
      is(31);
      await clock.advance(40_000);
      is(29);
      await clock.advance(1_000);
    }
    expect(said).toEqual([]);
  });

  it('is not said more often than its pace, however its condition comes and goes', async () => {
    const { clock, said, is } = alarm('shed.temp > 30', 0, 15 * MINUTE);
    for (let i = 0; i < 60; i++) {
      is(31);
      await clock.advance(30_000);
      is(29);
      await clock.advance(30_000);
    }
    expect(said.length).toBeGreaterThan(1);
    expect(said.length).toBeLessThanOrEqual(4);
    for (const [i, at] of said.slice(1).entries()) expect(at - (said[i] ?? 0)).toBeGreaterThanOrEqual(15 * MINUTE);
  });

  it('is not said of what nobody knows', async () => {
    const { clock, store, said, is } = alarm('shed.temp > 30', MINUTE, 15 * MINUTE);
    is(31);
    await clock.advance(30_000);
    store.forget('shed');
    await clock.advance(60 * MINUTE);
    expect(said).toEqual([]);
  });
});

describe('a lost device', () => {
  it('is told once it has been gone or silent for so long, once each time, and never where it never was there', async () => {
    const clock = new VirtualClock();
    const store = new Store(clock);
    for (const id of ['shed', 'yard', 'never']) store.add(id);
    const lost: string[] = [];
    const end = watchLostDevices(store, clock, MINUTE, (device) => lost.push(device));
    store.setHealth('shed', 'online');
    store.setHealth('yard', 'online');
    store.setHealth('shed', 'stale');
    store.setHealth('yard', 'offline');
    await clock.advance(30_000);
    store.setHealth('yard', 'online');
    store.setHealth('shed', 'offline');
    await clock.advance(30_000);
    expect(lost).toEqual(['shed']);
    await clock.advance(60 * MINUTE);
    expect(lost).toEqual(['shed']);
    store.setHealth('shed', 'online');
    store.setHealth('shed', 'offline');
    await clock.advance(MINUTE);
    expect(lost).toEqual(['shed', 'shed']);
    store.setHealth('yard', 'offline');
    end();
    await clock.advance(MINUTE);
    expect(lost).toHaveLength(2);
  });
});
