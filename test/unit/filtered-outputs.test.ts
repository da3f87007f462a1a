import { expect, it } from 'vitest';
import { openDesk } from '../support/command-desk.js';

/** The last thing that was said of a point. */
function lastSaid(desk: Awaited<ReturnType<typeof openDesk>>, point: string): unknown {
  const states = desk.ofType('home.state').map((frame) => frame['shed'] as { [point: string]: unknown } | undefined);
  return states.findLast((points) => points && point in points)?.[point];
}

it('a command is confirmed by the word of the device, and its value is said at once, whatever filters delay', async () => {
  const desk = await openDesk({
    readings: { pump: { filters: [{ delayed_on: '1m' }] }, fan: { filters: [{ throttle: '1m' }] } },
  });
  const taps = [desk.tap('pump', true), desk.tap('fan', 40)];
  await desk.clock.advance(500);
  for (const tap of taps) expect(desk.ackOf(tap)).toMatchObject({ ok: true });
  expect(lastSaid(desk, 'pump')).toBe(true);
  expect(lastSaid(desk, 'fan')).toBe(40);
  const off = desk.tap('fan', 0);
  await desk.clock.advance(500);
  expect(desk.ackOf(off)).toMatchObject({ ok: true, value: 0 });
  expect(lastSaid(desk, 'fan')).toBe(0);
  await desk.close();
  expect(desk.clock.timers).toBe(0);
});

it('an output of which its device says nothing more after a command becomes unknown in time, and again', async () => {
  const desk = await openDesk({ readings: { pump: { filters: [{ timeout: '5s' }] } } });
  for (const wish of [true, false]) {
    desk.tap('pump', wish);
    await desk.clock.advance(4_900);
    expect(desk.store.point('shed', 'pump')).toMatchObject({ value: wish, quality: 'good' });
    await desk.clock.advance(200);
    expect(desk.store.point('shed', 'pump')).toMatchObject({ value: null, quality: 'unknown' });
  }
  await desk.close();
  expect(desk.clock.timers).toBe(0);
});

it('a device that says another thing right after it confirmed has the last word', async () => {
  const desk = await openDesk({ readings: { pump: { filters: [{ delayed_off: '1m' }] } } });
  const { apply } = await flipBack(desk);
  desk.tap('pump', true);
  await desk.clock.advance(100);
  expect(apply()).toBe(1);
  expect(desk.store.said('shed', 'pump')).toBe(false);
  expect(desk.store.point('shed', 'pump')?.value).toBe(false);
  await desk.close();
});

/** The pump falls off in the very moment in which it was switched on. */
async function flipBack(desk: Awaited<ReturnType<typeof openDesk>>) {
  const { board } = desk;
  let times = 0;
  const say = board.say.bind(board);
  board.say = () => {
    say();
    times++;
    board.outputs.set('pump', false);
    say();
  };
  return { apply: () => times };
}

it('an interlock looks at what the device says, not at what filters hold back', async () => {
  const desk = await openDesk({ readings: { pump: { filters: [{ delayed_on: '1m' }] } } });
  desk.board.outputs.set('pump', true);
  desk.board.say();
  expect(desk.store.point('shed', 'pump')?.value).toBe(false);
  const tap = desk.tap('valve', true);
  await desk.clock.advance(100);
  expect(desk.ackOf(tap)).toMatchObject({
    ok: false,
    code: 'interlock',
    message: expect.stringContaining('pump is on'),
  });
  await desk.close();
});

it('an emergency stop sees an output at its safe value as soon as the device says so', async () => {
  const desk = await openDesk({ readings: { pump: { filters: [{ delayed_off: '1h' }] } } });
  desk.tap('pump', true);
  await desk.clock.advance(100);
  desk.router.handle({ msg_type: 'home.estop', _from: 'phone', _cmd: 'stop' }, false);
  await desk.clock.advance(2_000);
  expect(desk.ackOf('stop')).toMatchObject({ ok: true });
  desk.router.handle({ msg_type: 'home.estop_reset', _from: 'phone', _cmd: 'reset' }, false);
  const tap = desk.tap('pump', true);
  await desk.clock.advance(100);
  expect(desk.ackOf(tap)).toMatchObject({ ok: true });
  await desk.close();
});

it('at a connection an output that is off is left alone, however long its filters take to say so', async () => {
  const desk = await openDesk({
    readings: { pump: { filters: [{ debounce: '1m' }] }, fan: { filters: [{ skip_initial: 5 }] } },
  });
  expect(desk.store.point('shed', 'pump')?.value).toBeNull();
  expect(desk.board.told.filter(({ point }) => point === 'pump' || point === 'fan')).toEqual([]);
  await desk.close();
});

it.each([
  ['pump', { invert: true }],
  ['fan', { multiply: 2 }],
  ['mode', { map: { auto: 'off' } }],
])('%s can not be shown in other words than it is commanded in', async (point, filter) => {
  const desk = await openDesk({ readings: { [point]: { filters: [filter] } } });
  desk.board.say();
  expect(desk.store.point('shed', point)?.value).toBeNull();
  await desk.close();
});
