import { describe, expect, it } from 'vitest';
import { checkValue } from '../../src/action/coerce.js';
import { NAMESPACE, openDesk, SOURCE } from '../support/command-desk.js';
import { VirtualClock } from '../support/virtual-clock.js';

describe('a tap', () => {
  it('is acknowledged once the device confirmed, then the state is said', async () => {
    const desk = await openDesk();
    desk.board.manner = 'late';
    const cmd = desk.tap('pump', true);
    await desk.clock.advance(290);
    expect(desk.acks()).toEqual([]);
    await desk.clock.advance(20);
    expect(desk.ackOf(cmd)).toMatchObject({ cmd_id: cmd, to: 'phone', ok: true, value: true, _src: SOURCE });
    const types = desk.frames.map((frame) => frame['msg_type']);
    expect(types).toEqual(['command_ack', `${NAMESPACE}.state`]);
    expect(desk.frames[1]).toMatchObject({ shed: { pump: true }, _full: false });
    await desk.close();
    expect(desk.clock.timers).toBe(0);
  });

  it('is answered with the truth when it is refused', async () => {
    const desk = await openDesk();
    desk.board.manner = 'refuses';
    const cmd = desk.tap('pump', true);
    await desk.clock.advance(10);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: false, code: 'device_refused', message: 'too hot' });
    expect(desk.ofType(`${NAMESPACE}.state`)).toMatchObject([{ shed: { pump: false } }]);
    expect(desk.frames[0]?.['msg_type']).toBe('command_ack');
    await desk.close();
  });

  it('of another bridge’s device is left to that bridge', async () => {
    const desk = await openDesk();
    desk.tap('pump', true, { dev: 'garden' });
    await desk.clock.advance(3_000);
    expect(desk.acks()).toEqual([]);
    await desk.close();
  });

  it('without an id is carried out, and the state tells', async () => {
    const desk = await openDesk();
    desk.router.handle({ msg_type: `${NAMESPACE}.cmd`, dev: 'shed', point: 'pump', value: true }, false);
    await desk.clock.advance(10);
    expect(desk.board.outputs.get('pump')).toBe(true);
    expect(desk.acks()).toEqual([]);
    expect(desk.ofType(`${NAMESPACE}.state`)).toHaveLength(1);
    await desk.close();
  });

  it('in a frame of our own is never obeyed', async () => {
    const desk = await openDesk();
    desk.tap('pump', true, { _src: SOURCE });
    await desk.clock.advance(100);
    expect(desk.board.told).toEqual([]);
    expect(desk.acks()).toEqual([]);
    await desk.close();
  });

  it('that is repeated gets the same answer and is carried out once', async () => {
    const desk = await openDesk();
    const cmd = desk.tap('pump', true);
    desk.tap('pump', true, { _cmd: cmd });
    await desk.clock.advance(100);
    desk.tap('pump', true, { _cmd: cmd });
    await desk.clock.advance(59_000);
    desk.tap('pump', true, { _cmd: cmd });
    await desk.clock.advance(100);
    expect(desk.board.told).toHaveLength(1);
    expect(desk.acks().filter((ack) => ack['ok'] === true && ack['cmd_id'] === cmd)).toHaveLength(4);
    await desk.close();
  });

  it('of another phone without a name is carried out though it has the same id', async () => {
    const desk = await openDesk();
    const cmd = desk.tap('pump', true, { _from: '' });
    desk.tap('fan', 30, { _cmd: cmd, _from: '' });
    await desk.clock.advance(100);
    expect([desk.board.outputs.get('pump'), desk.board.outputs.get('fan')]).toEqual([true, 30]);
    await desk.close();
  });

  it.each([
    ['boolean', 'pump', 'true', true],
    ['boolean', 'pump', 1, true],
    ['number', 'fan', '25', 25],
    ['number', 'fan', 25.0000000001, 25],
    ['clamped number', 'dim', 99, 10],
    ['clamped step', 'dim', 3.4, 3],
    ['enum', 'mode', 'auto', 'auto'],
    ['text', 'text', 'hello', 'hello'],
  ])('may bring a %s for %s as %j', async (_type, point, wish, value) => {
    const desk = await openDesk();
    const cmd = desk.tap(point, wish);
    await desk.clock.advance(100);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: true, value });
    await desk.close();
  });
});

it.each([
  [10, 8],
  [6.1, 8],
  [8.000000001, 8],
  [-5, 0],
])('a clamped command of %d goes to an allowed value, also where the upper limit is none', (wish, value) => {
  const spec = { id: 'fan', role: 'actuator', type: 'number', min: 0, max: 10, step: 4, clamp: true } as const;
  expect(checkValue(spec, wish)).toEqual({ value });
  expect(checkValue({ ...spec, max: 1.2, step: 0.4 }, 9)).toEqual({ value: 1.2 });
});

it('a repeated answer is not taken for the state of things', async () => {
  const desk = await openDesk();
  const old = desk.tap('pump', false);
  await desk.clock.advance(1_000);
  desk.tap('pump', true, { _from: 'other' });
  await desk.clock.advance(1_000);
  desk.board.manner = 'late';
  desk.frames.length = 0;
  desk.tap('pump', true);
  desk.tap('pump', false, { _cmd: old });
  await desk.clock.advance(200);
  expect(desk.ackOf(old)).toMatchObject({ ok: true, value: false });
  const said = desk.frames.flatMap((frame) => ((frame['shed'] ?? {}) as { pump?: unknown }).pump ?? []);
  expect(said).toEqual([true]);
  await desk.close();
});

it('the answer to a pulse is not taken for the state of things, as the pulse may be over', async () => {
  const desk = await openDesk();
  desk.board.manner = 'late';
  // What the device says of its outputs is lost.
  desk.board.say = () => {};
  const first = desk.tap('pump', undefined, { pulse_ms: 500 });
  await desk.clock.advance(10);
  desk.tap('pump', undefined, { pulse_ms: 500, _from: 'other' });
  await desk.clock.advance(350);
  expect(desk.ackOf(first)).toMatchObject({ ok: true, value: true });
  const said = desk.frames.flatMap((frame) => ((frame['shed'] ?? {}) as { pump?: unknown }).pump ?? []);
  expect(said).toEqual([false]);
  await desk.close();
});

describe('a command is refused with', () => {
  it.each([
    ['unknown_point', 'nothing', true, {}],
    ['read_only', 'temp', 20, {}],
    ['type', 'pump', 'on', {}],
    ['type', 'pump', 2, {}],
    ['type', 'fan', true, {}],
    ['type', 'fan', '1e999', {}],
    ['type', 'fan', '0x10', {}],
    ['type', 'mode', 'fast', {}],
    ['type', 'text', 'a\nPUMP ON', {}],
    ['type', 'pump', undefined, {}],
    ['type', 'fan', undefined, { pulse_ms: 100 }],
    ['range', 'pump', undefined, { pulse_ms: 0 }],
    ['range', 'fan', 105, {}],
    ['step', 'fan', 7, {}],
    ['too_large', 'text', 'x'.repeat(5_000), {}],
    ['expired', 'pump', true, { _ts: Date.UTC(2020, 0, 1) }],
  ])('%s: %s = %j', async (code, point, value, more) => {
    const desk = await openDesk();
    const cmd = desk.tap(point, value, more);
    await desk.clock.advance(100);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: false, code });
    expect(desk.board.told).toEqual([]);
    await desk.close();
  });

  it('role: a viewer', async () => {
    const desk = await openDesk({ access: { defaultRole: 'viewer', phones: new Map([['boss', 'operator']]) } });
    const viewer = desk.tap('pump', true);
    const boss = desk.tap('pump', true, { _from: 'boss' });
    await desk.clock.advance(100);
    expect(desk.ackOf(viewer)).toMatchObject({ ok: false, code: 'role' });
    expect(desk.ackOf(boss)).toMatchObject({ ok: true });
    await desk.close();
  });

  it('role: a viewer whose phone has the name of somebody on this machine, and it hears of that', async () => {
    const desk = await openDesk({ access: { phones: new Map([['bridge', 'viewer']]) } });
    const cmd = desk.tap('pump', true, { _from: 'bridge' });
    await desk.clock.advance(100);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: false, code: 'role', to: 'bridge' });
    await desk.close();
  });

  it('open_relay: anybody could have sent it', async () => {
    const desk = await openDesk({ access: { openRelay: true } });
    const cmd = desk.tap('pump', true);
    await desk.clock.advance(100);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: false, code: 'open_relay' });
    await desk.close();
  });

  it('plaintext: it was not sealed with the room key', async () => {
    const desk = await openDesk({ access: { sealedOnly: true } });
    const plain = desk.tap('pump', true);
    const payload = { msg_type: `${NAMESPACE}.cmd`, dev: 'shed', point: 'pump', value: true, _cmd: 's', _from: 'p' };
    desk.router.handle(payload, true);
    await desk.clock.advance(100);
    expect(desk.ackOf(plain)).toMatchObject({ ok: false, code: 'plaintext' });
    expect(desk.ackOf('s')).toMatchObject({ ok: true });
    await desk.close();
  });

  it('unapproved: the board is new', async () => {
    const desk = await openDesk({ approved: false });
    const cmd = desk.tap('pump', true);
    await desk.clock.advance(100);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: false, code: 'unapproved' });
    expect(desk.store.health('shed')).toBe('unapproved');
    await desk.close();
  });

  it('offline: at once', async () => {
    const desk = await openDesk();
    desk.board.unreachable = new Error('unplugged');
    desk.board.io?.lost('unplugged');
    await desk.clock.advance(10);
    const cmd = desk.tap('pump', true);
    await desk.clock.advance(10);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: false, code: 'offline' });
    desk.board.unreachable = undefined;
    await desk.clock.advance(10_000);
    expect(desk.board.told.filter(({ value }) => value === true)).toEqual([]);
    await desk.close();
  });

  it('offline: the device goes away meanwhile', async () => {
    const desk = await openDesk();
    desk.board.manner = 'silent';
    const cmds = [desk.tap('pump', true), desk.tap('fan', 5)];
    await desk.clock.advance(100);
    desk.board.io?.lost('unplugged');
    await desk.clock.advance(100);
    for (const cmd of cmds) expect(desk.ackOf(cmd)).toMatchObject({ ok: false, code: 'offline' });
    await desk.close();
  });

  it('timeout: within 1.5 s and a little', async () => {
    const desk = await openDesk();
    desk.board.manner = 'deaf';
    const cmd = desk.tap('pump', true);
    await desk.clock.advance(1_499);
    expect(desk.acks()).toEqual([]);
    await desk.clock.advance(101);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: false, code: 'timeout' });
    await desk.close();
  });

  it('mismatch: the device does something else', async () => {
    const desk = await openDesk();
    desk.board.manner = 'lies';
    const cmd = desk.tap('pump', true);
    await desk.clock.advance(10);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: false, code: 'mismatch' });
    expect(desk.ofType(`${NAMESPACE}.state`)).toMatchObject([{ shed: { pump: false } }]);
    await desk.close();
  });

  it('superseded: another phone wants something else', async () => {
    const desk = await openDesk();
    desk.board.manner = 'late';
    desk.tap('fan', 5);
    const overruled = desk.tap('fan', 10);
    const last = desk.tap('fan', 15, { _from: 'other' });
    await desk.clock.advance(1_000);
    expect(desk.ackOf(overruled)).toMatchObject({ ok: false, code: 'superseded' });
    expect(desk.ackOf(last)).toMatchObject({ ok: true, value: 15 });
    await desk.close();
  });

  it('expired: the device was busy for too long', async () => {
    const desk = await openDesk();
    desk.board.manner = 'late';
    desk.board.delay = 1_450;
    const cmds = [desk.tap('fan', 5), desk.tap('pump', true), desk.tap('mode', 'auto')];
    await desk.clock.advance(3_500);
    expect(cmds.map((cmd) => desk.ackOf(cmd)?.['code'])).toEqual([undefined, 'timeout', 'expired']);
    expect(desk.board.told.map(({ point }) => point)).toEqual(['fan', 'pump']);
    await desk.close();
  });

  it('rate: far too many, but the last wish of each point gets through', async () => {
    const desk = await openDesk({ inFlight: 'point' });
    for (let i = 0; i <= 40; i++) desk.tap('fan', (i % 21) * 5);
    const last = desk.tap('fan', 55);
    await desk.clock.advance(1_400);
    expect(desk.ackOf(last)).toMatchObject({ ok: true, value: 55 });
    expect(desk.board.outputs.get('fan')).toBe(55);
    expect(desk.board.told.length).toBeLessThanOrEqual(13);
    const points = Array.from({ length: 60 }, (_, i) => desk.tap(`p${i}`, true));
    await desk.clock.advance(100);
    expect(points.map((cmd) => desk.ackOf(cmd)?.['code'])).toContain('rate');
    await desk.close();
  });

  it('keeps a wish that waits for its turn when junk comes behind it', async () => {
    const desk = await openDesk({ inFlight: 'point' });
    for (let i = 0; i < 10; i++) desk.tap('fan', i * 5);
    const wish = desk.tap('fan', 100);
    const junk = desk.tap('fan', 'fast');
    await desk.clock.advance(1_000);
    expect(desk.ackOf(junk)).toMatchObject({ ok: false, code: 'type' });
    expect(desk.ackOf(wish)).toMatchObject({ ok: true, value: 100 });
    await desk.close();
  });

  it('interlock: the neighbour is on, or on its way', async () => {
    const desk = await openDesk();
    desk.board.manner = 'late';
    const pump = desk.tap('pump', true);
    const early = desk.tap('valve', true);
    await desk.clock.advance(400);
    const late = desk.tap('valve', true);
    await desk.clock.advance(400);
    expect(desk.ackOf(pump)).toMatchObject({ ok: true });
    expect(desk.ackOf(early)).toMatchObject({ ok: false, code: 'interlock' });
    expect(desk.ackOf(late)).toMatchObject({ ok: false, code: 'interlock' });
    const off = desk.tap('pump', false);
    await desk.clock.advance(400);
    const now = desk.tap('valve', true);
    await desk.clock.advance(400);
    expect(desk.ackOf(off)).toMatchObject({ ok: true });
    expect(desk.ackOf(now)).toMatchObject({ ok: true });
    await desk.close();
  });
});

describe('the emergency stop', () => {
  const stop = { msg_type: `${NAMESPACE}.estop`, _cmd: 'stop', _from: 'phone' };
  const reset = { msg_type: `${NAMESPACE}.estop_reset`, _cmd: 'reset', _from: 'phone' };

  it('makes everything safe, refuses all, and lets go only when reset', async () => {
    const desk = await openDesk();
    desk.tap('pump', true);
    desk.tap('fan', 50);
    await desk.clock.advance(100);
    desk.router.handle(stop, false);
    await desk.clock.advance(20);
    expect(Object.fromEntries(desk.board.outputs)).toMatchObject({ pump: false, fan: 0, mode: 'off' });
    expect(desk.ackOf('stop')).toMatchObject({ ok: true });
    const refused = desk.tap('pump', true);
    await desk.clock.advance(20);
    expect(desk.ackOf(refused)).toMatchObject({ ok: false, code: 'estop' });
    desk.router.handle(reset, false);
    const allowed = desk.tap('pump', true);
    await desk.clock.advance(20);
    expect(desk.ackOf('reset')).toMatchObject({ ok: true });
    expect(desk.ackOf(allowed)).toMatchObject({ ok: true });
    await desk.close();
  });

  it('overtakes and refuses what is under way', async () => {
    const desk = await openDesk();
    desk.board.manner = 'silent';
    const cmds = [desk.tap('fan', 50), desk.tap('pump', true)];
    await desk.clock.advance(50);
    desk.board.manner = 'obeys';
    desk.router.handle(stop, false);
    await desk.clock.advance(100);
    for (const cmd of cmds) expect(desk.ackOf(cmd)).toMatchObject({ ok: false, code: 'estop' });
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('leaves an output unarmed until it was seen at its safe value', async () => {
    const desk = await openDesk();
    desk.tap('pump', true);
    await desk.clock.advance(100);
    desk.board.manner = 'refuses';
    desk.router.handle(stop, false);
    await desk.clock.advance(1_100);
    expect(desk.ackOf('stop')).toMatchObject({ ok: false, code: 'timeout' });
    desk.board.manner = 'obeys';
    desk.router.handle(reset, false);
    const unarmed = desk.tap('pump', true);
    const off = desk.tap('pump', false);
    await desk.clock.advance(100);
    const on = desk.tap('pump', true);
    await desk.clock.advance(100);
    expect(desk.ackOf(unarmed)).toMatchObject({ ok: false, code: 'unarmed' });
    expect(desk.ackOf(off)).toMatchObject({ ok: true });
    expect(desk.ackOf(on)).toMatchObject({ ok: true });
    await desk.close();
  });

  it('is not given up while the device is there', async () => {
    const desk = await openDesk();
    desk.tap('pump', true);
    await desk.clock.advance(100);
    desk.board.manner = 'silent';
    desk.router.handle(stop, false);
    await desk.clock.advance(1_200);
    expect(desk.ackOf('stop')).toMatchObject({ ok: false, code: 'timeout' });
    desk.board.manner = 'obeys';
    await desk.clock.advance(2_000);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('is not given up however long the device keeps silent', async () => {
    const desk = await openDesk();
    desk.tap('pump', true);
    await desk.clock.advance(100);
    desk.board.manner = 'silent';
    desk.router.handle(stop, false);
    await desk.clock.advance(20_000);
    expect(desk.board.outputs.get('pump')).toBe(true);
    desk.board.manner = 'obeys';
    await desk.clock.advance(2_100);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
    expect(desk.clock.timers).toBe(0);
  });

  it('is insisted on also when somebody else asked for the output meanwhile, and in vain', async () => {
    const desk = await openDesk();
    desk.tap('pump', true);
    await desk.clock.advance(100);
    desk.board.manner = 'silent';
    desk.router.handle(stop, false);
    await desk.clock.advance(900);
    desk.router.handle(reset, false);
    const inVain = desk.tap('pump', false);
    await desk.clock.advance(1_800);
    expect(desk.ackOf(inVain)).toMatchObject({ ok: false, code: 'timeout' });
    desk.board.manner = 'obeys';
    await desk.clock.advance(2_100);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('writes once however often the button is hit, and answers ten a second', async () => {
    const desk = await openDesk();
    for (let i = 0; i < 40; i++) desk.router.handle({ ...stop, _cmd: `stop-${i}` }, false);
    await desk.clock.advance(3_000);
    expect(desk.board.told.filter(({ point }) => point === 'pump')).toHaveLength(1);
    expect(desk.ackOf('stop-10')).toMatchObject({ ok: true });
    expect(desk.acks()).toHaveLength(11);
    desk.router.handle(reset, false);
    desk.router.handle({ ...stop, _cmd: 'again' }, false);
    await desk.clock.advance(100);
    expect(desk.board.told.filter(({ point }) => point === 'pump')).toHaveLength(2);
    await desk.close();
  });

  it('is not reset by the same tap twice', async () => {
    const desk = await openDesk();
    desk.router.handle(stop, false);
    await desk.clock.advance(100);
    desk.router.handle(reset, false);
    desk.router.handle(stop, false);
    await desk.clock.advance(100);
    desk.router.handle(reset, false);
    await desk.clock.advance(100);
    expect(desk.estop.latched).toBe(true);
    expect(desk.acks().filter(({ cmd_id, ok }) => cmd_id === 'reset' && ok === true)).toHaveLength(2);
    desk.router.handle({ ...reset, _cmd: 'another' }, false);
    expect(desk.estop.latched).toBe(false);
    await desk.close();
  });

  it('is not reset by whoever may not command', async () => {
    const desk = await openDesk({ access: { defaultRole: 'viewer' } });
    desk.router.handle(stop, false);
    desk.router.handle(reset, false);
    await desk.clock.advance(100);
    expect(desk.ackOf('stop')).toMatchObject({ ok: true });
    expect(desk.ackOf('reset')).toMatchObject({ ok: false, code: 'role' });
    await desk.close();
  });
});

describe('a pulse', () => {
  it('goes back by itself', async () => {
    const desk = await openDesk();
    const cmd = desk.tap('pump', undefined, { pulse_ms: 200 });
    await desk.clock.advance(100);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: true, value: true });
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.clock.advance(110);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('is ended by a later command', async () => {
    const desk = await openDesk();
    desk.tap('pump', undefined, { pulse_ms: 200 });
    await desk.clock.advance(100);
    desk.tap('pump', true);
    await desk.clock.advance(1_000);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.close();
  });

  it('goes back also when its beginning was not confirmed', async () => {
    const desk = await openDesk();
    desk.board.manner = 'silent';
    desk.tap('pump', undefined, { pulse_ms: 200 });
    await desk.clock.advance(1_600);
    desk.board.manner = 'obeys';
    await desk.clock.advance(300);
    expect(desk.board.told.map(({ value }) => value)).toEqual([true, false]);
    await desk.close();
  });

  it('never switches off what another phone switched on meanwhile', async () => {
    const desk = await openDesk();
    desk.board.manner = 'late';
    desk.tap('pump', undefined, { pulse_ms: 500 });
    await desk.clock.advance(100);
    const on = desk.tap('pump', true, { _from: 'bert' });
    await desk.clock.advance(3_000);
    expect(desk.ackOf(on)).toMatchObject({ ok: true });
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.close();
  });

  it('that was superseded before it was sent does not end anything', async () => {
    const desk = await openDesk();
    desk.board.manner = 'late';
    desk.tap('pump', false);
    const pulse = desk.tap('pump', undefined, { pulse_ms: 200 });
    desk.tap('pump', true, { _from: 'bert' });
    await desk.clock.advance(3_000);
    expect(desk.ackOf(pulse)).toMatchObject({ ok: false, code: 'superseded' });
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.close();
  });

  it('that is repeated lasts from the last time', async () => {
    const desk = await openDesk();
    desk.tap('pump', undefined, { pulse_ms: 500 });
    await desk.clock.advance(300);
    desk.tap('pump', undefined, { pulse_ms: 500 });
    await desk.clock.advance(400);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.clock.advance(200);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('is ended at the return of a device that went away in the middle', async () => {
    const desk = await openDesk();
    desk.tap('text', 'x');
    desk.tap('horn', undefined, { pulse_ms: 500 });
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('horn')).toBe(true);
    desk.board.io?.lost('unplugged');
    await desk.clock.advance(2_000);
    expect(desk.board.outputs.get('horn')).toBe(false);
    await desk.close();
  });

  it.each([[[200]], ['0x10'], ['2e2'], [true], [null]])('does not last %j', async (pulse_ms) => {
    const desk = await openDesk();
    const cmd = desk.tap('pump', undefined, { pulse_ms });
    await desk.clock.advance(100);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: false, code: 'type' });
    await desk.close();
  });
});

it('a sealed command from before the start is refused, as no replay window reaches back there', async () => {
  const start = new VirtualClock().wall() ?? 0;
  const desk = await openDesk({ access: { sealedOnly: true, begun: () => start } });
  const take = (cmd: string, _ts: number) => {
    const payload = { msg_type: `${NAMESPACE}.cmd`, dev: 'shed', point: 'pump', value: true, _cmd: cmd, _from: 'anna' };
    desk.router.take({ ...payload, _ts }, { via: 'sealed' });
  };
  take('recorded', start - 1);
  desk.router.take(
    { msg_type: `${NAMESPACE}.estop_reset`, _cmd: 'reset', _from: 'anna', _ts: start - 1 },
    { via: 'sealed' },
  );
  await desk.clock.advance(100);
  expect(desk.ackOf('recorded')).toMatchObject({ ok: false, code: 'expired' });
  expect(desk.ackOf('reset')).toMatchObject({ ok: false, code: 'expired' });
  expect(desk.board.told).toEqual([]);
  take('new', start);
  await desk.clock.advance(100);
  expect(desk.ackOf('new')).toMatchObject({ ok: true });
  await desk.close();
});

describe('what may have been on its way for too long', () => {
  const late = { via: 'plain', late: true } as const;
  const send = (desk: Awaited<ReturnType<typeof openDesk>>, type: string, more: object = {}) =>
    desk.router.take({ msg_type: `${NAMESPACE}.${type}`, dev: 'shed', point: 'pump', _cmd: type, ...more }, late);

  it('switches nothing on, and still makes safe', async () => {
    const desk = await openDesk();
    send(desk, 'cmd', { value: true });
    await desk.clock.advance(100);
    expect(desk.ackOf('cmd')).toMatchObject({ ok: false, code: 'expired' });
    expect(desk.board.told).toEqual([]);
    desk.board.outputs.set('pump', true);
    desk.board.say();
    send(desk, 'cmd', { value: false, _cmd: 'off' });
    await desk.clock.advance(100);
    expect(desk.ackOf('off')).toMatchObject({ ok: true });
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('stops everything, and lets go of no stop', async () => {
    const desk = await openDesk();
    send(desk, 'estop');
    send(desk, 'estop_reset');
    await desk.clock.advance(100);
    expect(desk.ackOf('estop')).toMatchObject({ ok: true });
    expect(desk.ackOf('estop_reset')).toMatchObject({ ok: false, code: 'expired' });
    await desk.close();
  });

  it('arms nothing, and holds no button', async () => {
    const desk = await openDesk({ rules: { pump: { holdToRun: true }, fan: { arm: 5_000 } } });
    send(desk, 'arm', { point: 'fan' });
    desk.tap('pump', true);
    await desk.clock.advance(700);
    send(desk, 'hold');
    await desk.clock.advance(100);
    expect(desk.ackOf('arm')).toMatchObject({ ok: false, code: 'expired' });
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });
});
