import { describe, expect, it } from 'vitest';
import { sleep } from '../../src/clock.js';
import { type Apply, CommandQueue, type QueuedCommand } from '../../src/device/command-queue.js';
import { BridgeError } from '../../src/error.js';
import { VirtualClock } from '../support/virtual-clock.js';

function setUp(takes: number, inFlight: 'device' | 'point' = 'device') {
  const clock = new VirtualClock();
  const told: string[] = [];
  const apply: Apply = async ({ point, value }, signal) => {
    told.push(`${point}=${value}`);
    await sleep(clock, takes, signal);
    return { value, settled: true };
  };
  const queue = new CommandQueue(apply, inFlight, clock);
  const wish = (point: string, value: number, origin = 'phone'): QueuedCommand => ({
    point,
    value,
    origin,
    deadline: clock.now() + 1500,
  });
  return { clock, told, queue, wish };
}

describe('the command queue of a device', () => {
  it('sends one at a time and answers each', async () => {
    const { clock, told, queue, wish } = setUp(100);
    const answers = Promise.all([queue.submit(wish('a', 1)), queue.submit(wish('b', 2)), queue.submit(wish('c', 3))]);
    await clock.advance(150);
    expect(told).toEqual(['a=1', 'b=2']);
    await clock.advance(200);
    expect(await answers).toEqual([1, 2, 3].map((value) => ({ ok: true, value })));
    expect(queue.size).toBe(0);
  });

  it('has one in flight per point where the device allows it', async () => {
    const { clock, told, queue, wish } = setUp(100, 'point');
    for (const point of ['a', 'b']) for (const value of [1, 2]) void queue.submit(wish(point, value));
    await clock.advance(50);
    expect(told).toEqual(['a=1', 'b=1']);
    await clock.advance(100);
    expect(told).toEqual(['a=1', 'b=1', 'a=2', 'b=2']);
  });

  it('skips the steps of a dragged slider and answers them with the last one', async () => {
    const { clock, told, queue, wish } = setUp(100);
    const answers = [1, 2, 3, 4, 5].map((value) => queue.submit(wish('fan', value)));
    await clock.advance(250);
    expect(told).toEqual(['fan=1', 'fan=5']);
    const replaced = { ok: true, value: 5, replaced: true };
    const own = (value: number) => ({ ok: true, value });
    expect(await Promise.all(answers)).toEqual([own(1), replaced, replaced, replaced, own(5)]);
  });

  it('refuses what another phone overrules', async () => {
    const { clock, queue, wish } = setUp(100);
    void queue.submit(wish('fan', 1, 'anna'));
    const overruled = queue.submit(wish('fan', 2, 'anna'));
    const last = queue.submit(wish('fan', 3, 'bert'));
    await clock.advance(250);
    expect(await overruled).toMatchObject({ ok: false, code: 'superseded', message: expect.stringContaining('bert') });
    expect(await last).toEqual({ ok: true, value: 3 });
  });

  it('never sends a command that waited past its deadline', async () => {
    const { clock, told, queue, wish } = setUp(1400);
    const answers = [queue.submit(wish('a', 1)), queue.submit(wish('b', 2)), queue.submit(wish('c', 3))];
    await clock.advance(3000);
    expect(await Promise.all(answers)).toMatchObject([
      { ok: true },
      { ok: false, code: 'timeout' },
      { code: 'expired' },
    ]);
    expect(told).toEqual(['a=1', 'b=2']);
  });

  it('goes on when a driver ignores its deadline', async () => {
    const clock = new VirtualClock();
    const queue = new CommandQueue(() => new Promise(() => {}), 'device', clock);
    const hung = queue.submit({ point: 'a', value: 1, origin: '', deadline: 1500 });
    const next = queue.submit({ point: 'b', value: 1, origin: '', deadline: 3000 });
    await clock.advance(1550);
    expect(await hung).toMatchObject({ code: 'timeout' });
    await clock.advance(1500);
    expect(await next).toMatchObject({ code: 'timeout' });
    expect(clock.timers).toBe(0);
  });

  it('lets the driver have the last word at the deadline', async () => {
    const clock = new VirtualClock();
    const apply: Apply = (_command, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new BridgeError('device/mismatch', 'it stayed off')));
      });
    const queue = new CommandQueue(apply, 'device', clock);
    const answer = queue.submit({ point: 'a', value: true, origin: '', deadline: 1500 });
    await clock.advance(1500);
    expect(await answer).toEqual({ ok: false, code: 'mismatch', message: 'it stayed off' });
  });

  it('settles everything when it is cleared', async () => {
    const { clock, queue, wish } = setUp(100);
    const answers = [queue.submit(wish('a', 1)), queue.submit(wish('b', 2)), queue.submit(wish('b', 3))];
    queue.clear('offline', 'gone');
    await clock.advance(100);
    const gone = { ok: false, code: 'offline', message: 'gone' };
    expect(await Promise.all(answers)).toEqual([gone, gone, gone]);
    expect(queue.size).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it.each([
    [new BridgeError('device/refused', 'too hot'), 'device_refused'],
    [new BridgeError('port/closed', 'gone'), 'offline'],
    [new BridgeError('port/stalled', 'stuck'), 'timeout'],
    [new TypeError('a bug'), 'mismatch'],
  ])('turns %s into %s', async (error, code) => {
    const queue = new CommandQueue(() => Promise.reject(error), 'device', new VirtualClock());
    expect(await queue.submit({ point: 'a', value: 1, origin: '', deadline: 1500 })).toMatchObject({ ok: false, code });
  });
});
