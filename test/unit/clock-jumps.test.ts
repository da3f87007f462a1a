import { describe, expect, it } from 'vitest';
import { startOf } from '../../src/clock.js';
import { NAMESPACE, openDesk } from '../support/command-desk.js';
import { VirtualClock } from '../support/virtual-clock.js';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 5, 1, 12);

/** A machine whose clock is set, or becomes unset, by so much. */
function set(clock: VirtualClock, by: number): void {
  clock.epoch = (clock.epoch ?? 0) + by;
}

describe.each([
  ['forwards', 10 * HOUR],
  ['backwards', -10 * HOUR],
  ['to 1970', -Date.UTC(2026, 5, 1)],
])('a wall clock that jumps %s', (_, by) => {
  it('hurries, delays and repeats nothing', async () => {
    const desk = await openDesk();
    await desk.clock.advance(1_000);
    const first = desk.tap('pump', true);
    await desk.clock.advance(100);
    const timers = desk.clock.timers;
    const told = desk.board.told.length;
    const frames = desk.frames.length;
    set(desk.clock, by);
    await desk.clock.advance(100);
    expect(desk.clock.timers).toBe(timers);
    expect(desk.board.told).toHaveLength(told);
    expect(desk.frames).toHaveLength(frames);
    expect(desk.store.health('shed')).toBe('online');
    expect(desk.store.point('shed', 'pump')).toMatchObject({ value: true, quality: 'good' });
    // A repeat is known as one, also across the jump.
    desk.tap('pump', true, { _cmd: first });
    await desk.clock.advance(100);
    expect(desk.board.told).toHaveLength(told);
    const next = desk.tap('pump', false);
    await desk.clock.advance(100);
    expect(desk.ackOf(next)).toMatchObject({ ok: true });
    await desk.close();
  });

  it('takes commands of the time that it tells now, and refuses old ones', async () => {
    const desk = await openDesk();
    set(desk.clock, by);
    const now = desk.clock.wall() ?? 0;
    const fresh = desk.tap('pump', true, { _ts: now });
    await desk.clock.advance(100);
    expect(desk.ackOf(fresh)).toMatchObject({ ok: true });
    const old = desk.tap('pump', false, { _ts: now - by });
    await desk.clock.advance(100);
    expect(desk.ackOf(old)).toMatchObject({ ok: false, code: 'expired' });
    await desk.close();
  });
});

describe('the time of the start', () => {
  it('moves with a clock that is set later', async () => {
    const clock = new VirtualClock();
    clock.epoch = NOON + 5 * HOUR;
    const begun = startOf(clock);
    await clock.advance(60_000);
    expect(begun()).toBe(NOON + 5 * HOUR);
    set(clock, -5 * HOUR);
    expect(begun()).toBe(NOON);
    await clock.advance(HOUR);
    expect(begun()).toBe(NOON);
  });

  it('is known as soon as the clock is', async () => {
    const clock = new VirtualClock();
    clock.epoch = undefined;
    const begun = startOf(clock);
    await clock.advance(1_000);
    expect(begun()).toBeUndefined();
    clock.epoch = NOON;
    expect(begun()).toBe(NOON);
  });

  it('tells recordings from what is sealed now, where the clock was wrong at first', async () => {
    const desk = await openDesk({ access: { sealedOnly: true, begun: () => begun() } });
    const begun = startOf(desk.clock);
    const sealed = { msg_type: `${NAMESPACE}.cmd`, dev: 'shed', point: 'pump', _from: 'anna' };
    set(desk.clock, -5 * HOUR);
    const start = desk.clock.wall() ?? 0;
    await desk.clock.advance(10_000);
    desk.router.take({ ...sealed, value: true, _cmd: 'now', _ts: start + 9_000 }, { via: 'sealed' });
    desk.router.take({ ...sealed, value: false, _cmd: 'recorded', _ts: start - 1 }, { via: 'sealed' });
    await desk.clock.advance(100);
    expect(desk.ackOf('now')).toMatchObject({ ok: true });
    expect(desk.ackOf('recorded')).toMatchObject({ ok: false, code: 'expired' });
    await desk.close();
  });
});
