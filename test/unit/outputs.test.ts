import { describe, expect, it } from 'vitest';
import { openDesk, POINTS, stickAt } from '../support/command-desk.js';
import { DesiredInMemory } from '../support/desired-in-memory.js';

type Desk = Awaited<ReturnType<typeof openDesk>>;

/** What a tap is answered with. */
async function tapped(desk: Desk, point: string, value: unknown, more: Record<string, unknown> = {}) {
  const cmd = desk.tap(point, value, more as never);
  await desk.clock.advance(20);
  return desk.ackOf(cmd);
}

describe('the longest time on', () => {
  it('ends in the safe value, whoever switched it on', async () => {
    const desk = await openDesk({ rules: { pump: { maxOn: 5_000 } } });
    desk.board.outputs.set('pump', true);
    desk.board.say();
    await desk.clock.advance(4_900);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.clock.advance(200);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('counts from the command on, and renewed wishes do not lengthen it', async () => {
    const desk = await openDesk({ rules: { pump: { maxOn: 5_000 } } });
    expect(await tapped(desk, 'pump', true)).toMatchObject({ ok: true });
    await desk.clock.advance(3_000);
    expect(await tapped(desk, 'pump', true)).toMatchObject({ ok: true });
    await desk.clock.advance(1_990);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('that a device does not end is insisted on, and nobody prolongs it meanwhile', async () => {
    const desk = await openDesk({ rules: { pump: { maxOn: 5_000 } } });
    await tapped(desk, 'pump', true);
    desk.board.manner = 'refuses';
    await desk.clock.advance(6_000);
    expect(desk.board.outputs.get('pump')).toBe(true);
    expect(await tapped(desk, 'pump', true)).toMatchObject({ ok: false, code: 'rate' });
    desk.board.manner = 'obeys';
    await desk.clock.advance(1_100);
    expect(desk.board.outputs.get('pump')).toBe(false);
    expect(await tapped(desk, 'pump', true)).toMatchObject({ ok: true });
    await desk.close();
  });

  it('counts where nobody knows whether the command was carried out', async () => {
    const desk = await openDesk({ rules: { pump: { maxOn: 5_000 } } });
    desk.board.manner = 'silent';
    desk.tap('pump', true);
    await desk.clock.advance(3_000);
    desk.board.manner = 'obeys';
    desk.board.told.length = 0;
    await desk.clock.advance(2_100);
    expect(desk.board.told).toMatchObject([{ point: 'pump', value: false }]);
    await desk.clock.advance(5_000);
    expect(desk.board.told).toHaveLength(1);
    await desk.close();
    expect(desk.clock.timers).toBe(0);
  });

  it('no pulse is longer', async () => {
    const desk = await openDesk({ rules: { pump: { maxOn: 5_000 } } });
    expect(await tapped(desk, 'pump', undefined, { pulse_ms: 6_000 })).toMatchObject({ ok: false, code: 'range' });
    await desk.close();
  });
});

describe('the shortest time off', () => {
  it('is kept after switching off, and after the start', async () => {
    const desk = await openDesk({ rules: { pump: { minOff: 10_000 } } });
    expect(await tapped(desk, 'pump', true)).toMatchObject({
      ok: false,
      code: 'rate',
      message: 'shed.pump has to stay off for another 7 s',
    });
    await desk.clock.advance(7_000);
    expect(await tapped(desk, 'pump', true)).toMatchObject({ ok: true });
    expect(await tapped(desk, 'pump', false)).toMatchObject({ ok: true });
    await desk.clock.advance(9_900);
    // What is left fits into the time that a phone waits.
    const early = desk.tap('pump', true);
    await desk.clock.advance(50);
    expect(desk.ackOf(early)).toBeUndefined();
    await desk.clock.advance(100);
    expect(desk.ackOf(early)).toMatchObject({ ok: true });
    await desk.close();
  });
});

describe('the shortest time between two commands', () => {
  it('keeps the last wish', async () => {
    const desk = await openDesk({ rules: { fan: { minInterval: 500 } } });
    const taps = [5, 10, 15, 20].map((value) => desk.tap('fan', value));
    await desk.clock.advance(100);
    expect(desk.board.told.map(({ value }) => value)).toEqual([5]);
    await desk.clock.advance(500);
    expect(desk.board.told.map(({ value }) => value)).toEqual([5, 20]);
    expect(taps.map((cmd) => desk.ackOf(cmd)?.['value'])).toEqual([5, 20, 20, 20]);
    await desk.close();
  });

  it('of two phones the last one wins, and both are told', async () => {
    const desk = await openDesk({ rules: { fan: { minInterval: 500 } } });
    desk.tap('fan', 5);
    const anna = desk.tap('fan', 10, { _from: 'anna' });
    const bob = desk.tap('fan', 15, { _from: 'bob' });
    await desk.clock.advance(600);
    expect(desk.ackOf(anna)).toMatchObject({ ok: false, code: 'superseded' });
    expect(desk.ackOf(bob)).toMatchObject({ ok: true, value: 15 });
    expect(desk.board.outputs.get('fan')).toBe(15);
    await desk.close();
  });

  it('does not delay what makes it safe', async () => {
    const desk = await openDesk({ rules: { fan: { minInterval: 500 } } });
    await tapped(desk, 'fan', 50);
    expect(await tapped(desk, 'fan', 0)).toMatchObject({ ok: true, value: 0 });
    await desk.close();
  });
});

describe('a slew', () => {
  it('goes there in steps that the device confirms, each at its time', async () => {
    const desk = await openDesk({ rules: { fan: { slew: 50 } } });
    const cmd = desk.tap('fan', 30);
    await desk.clock.advance(20);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: true, value: 5 });
    await desk.clock.advance(1_000);
    expect(desk.board.told.map(({ value }) => value)).toEqual([5, 10, 15, 20, 25, 30]);
    expect(desk.clock.now()).toBe(3_000 + 1_020);
    await desk.close();
  });

  it('turns round where it is when another wish comes, and is at once at its safe value', async () => {
    const desk = await openDesk({ rules: { fan: { slew: 50 } } });
    await tapped(desk, 'fan', 100);
    await desk.clock.advance(500);
    const there = Number(desk.board.outputs.get('fan'));
    expect(there).toBeGreaterThan(20);
    await tapped(desk, 'fan', 5, { _from: 'bob' });
    expect(desk.board.outputs.get('fan')).toBe(there);
    await desk.clock.advance(80);
    expect(desk.board.outputs.get('fan')).toBe(there - 5);
    await tapped(desk, 'fan', 0);
    expect(desk.board.outputs.get('fan')).toBe(0);
    await desk.clock.advance(5_000);
    expect(desk.board.outputs.get('fan')).toBe(0);
    await desk.close();
  });

  it('does not go on after an emergency stop, nor on another connection', async () => {
    const desk = await openDesk({ rules: { fan: { slew: 10 } } });
    await tapped(desk, 'fan', 100);
    await desk.clock.advance(2_000);
    desk.board.io?.lost('pulled');
    await desk.clock.advance(6_000);
    expect(desk.board.outputs.get('fan')).toBe(0);
    await tapped(desk, 'fan', 100);
    await desk.router.emergencyStop('anna');
    await desk.clock.advance(6_000);
    expect(desk.board.outputs.get('fan')).toBe(0);
    await desk.close();
    expect(desk.clock.timers).toBe(0);
  });

  it('keeps to the shortest time between two commands', async () => {
    const desk = await openDesk({ rules: { fan: { slew: 50, minInterval: 1_000 } } });
    await tapped(desk, 'fan', 100);
    await desk.clock.advance(3_000);
    expect(desk.board.told.map(({ value }) => value)).toEqual([5, 55, 100]);
    await desk.close();
  });

  it('that its device ends half way is wished no further', async () => {
    const desired = new DesiredInMemory();
    const desk = await openDesk({ desired, rules: { fan: { slew: 50 } } });
    await tapped(desk, 'fan', 100);
    expect(desired.of('shed.fan')).toBe(100);
    desk.board.manner = 'refuses';
    await desk.clock.advance(1_000);
    expect(desired.of('shed.fan')).toBe(desk.board.outputs.get('fan'));
    await desk.close();
  });
});

describe('a pulse of its own', () => {
  it('ends what a button began', async () => {
    const desk = await openDesk({ rules: { pump: { pulse: 700 } } });
    expect(await tapped(desk, 'pump', true)).toMatchObject({ ok: true, value: true });
    await desk.clock.advance(600);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.clock.advance(200);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('ends in its time also after an "off" that the device refused', async () => {
    const desk = await openDesk({ rules: { pump: { pulse: 700 } } });
    await tapped(desk, 'pump', true);
    desk.board.manner = 'refuses';
    await tapped(desk, 'pump', false);
    desk.board.manner = 'obeys';
    await desk.clock.advance(700);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('ends also where a newer one never got to the device', async () => {
    const desk = await openDesk({ rules: { pump: { pulse: 700 } }, inFlight: 'device', interlocks: [] });
    await tapped(desk, 'pump', true);
    desk.board.manner = 'silent';
    desk.tap('fan', 50);
    const renewed = desk.tap('pump', true);
    desk.board.manner = 'obeys';
    await desk.clock.advance(1_700);
    expect(desk.ackOf(renewed)).toMatchObject({ ok: false, code: 'expired' });
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('ends as soon as the device obeys again, where its end was refused', async () => {
    const desk = await openDesk({ rules: { pump: { pulse: 700 } } });
    await tapped(desk, 'pump', true);
    await desk.clock.advance(600);
    desk.board.manner = 'refuses';
    await desk.clock.advance(60_000);
    desk.board.manner = 'obeys';
    await desk.clock.advance(600);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
    expect(desk.clock.timers).toBe(0);
  });

  it('is never longer than its owner says, whatever a phone asks for', async () => {
    const desk = await openDesk({ rules: { pump: { pulse: 700 } } });
    expect(await tapped(desk, 'pump', undefined, { pulse_ms: 60_000 })).toMatchObject({ ok: false, code: 'range' });
    expect(await tapped(desk, 'pump', undefined, { pulse_ms: 500 })).toMatchObject({ ok: true });
    await desk.close();
  });
});

describe('a lease', () => {
  it('is renewed by commands, and ends in the safe value', async () => {
    const desk = await openDesk({ rules: { pump: { lease: 2_000 } } });
    await tapped(desk, 'pump', true);
    await desk.clock.advance(1_500);
    await tapped(desk, 'pump', true);
    await desk.clock.advance(1_500);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.clock.advance(600);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('of a stick is three times its pace', async () => {
    const desk = await openDesk();
    void desk.router.execute(stickAt('fan', 50));
    await desk.clock.advance(250);
    expect(desk.board.outputs.get('fan')).toBe(50);
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('fan')).toBe(0);
    await desk.close();
  });

  it('outlives an "off" that its device did not carry out', async () => {
    for (const manner of ['refuses', 'silent'] as const) {
      const desk = await openDesk({ rules: { pump: { lease: 2_000 } } });
      await tapped(desk, 'pump', true);
      desk.board.manner = manner;
      desk.tap('pump', false);
      await desk.clock.advance(1_700);
      desk.board.manner = 'obeys';
      await desk.clock.advance(2_000);
      expect(desk.board.outputs.get('pump')).toBe(false);
      await desk.close();
    }
  });

  it('is over when the output is seen at its safe value: nothing more is said', async () => {
    const desk = await openDesk({ rules: { pump: { lease: 2_000 } } });
    await tapped(desk, 'pump', true);
    await tapped(desk, 'pump', false);
    desk.board.told.length = 0;
    await desk.clock.advance(10_000);
    expect(desk.board.told).toEqual([]);
    await desk.close();
  });
});

describe('hold-to-run', () => {
  const rules = { pump: { holdToRun: true } };
  const held = (desk: Desk, from = 'phone') =>
    desk.router.handle({ msg_type: 'home.hold', dev: 'shed', point: 'pump', _from: from }, false);

  it('runs while the button is held, and ends within a second of the last word', async () => {
    const desk = await openDesk({ rules });
    await tapped(desk, 'pump', true);
    for (let i = 0; i < 8; i++) {
      await desk.clock.advance(250);
      held(desk);
    }
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.clock.advance(740);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.clock.advance(30);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('is held by the one who began, and holding switches nothing on', async () => {
    const desk = await openDesk({ rules });
    held(desk);
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await tapped(desk, 'pump', true);
    for (let i = 0; i < 4; i++) {
      await desk.clock.advance(250);
      held(desk, 'bob');
    }
    expect(desk.board.outputs.get('pump')).toBe(false);
    held(desk);
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('ends with the button also after somebody else failed to switch it off', async () => {
    const desk = await openDesk({ rules });
    await tapped(desk, 'pump', true);
    desk.board.manner = 'refuses';
    await tapped(desk, 'pump', false, { _from: 'bob' });
    desk.board.manner = 'obeys';
    held(desk);
    desk.router.handle({ msg_type: 'home.hold', dev: 'shed', point: 'pump', held: false, _from: 'phone' }, false);
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('does not begin where the button is let go before its turn has come', async () => {
    const interlocks = [{ outputs: ['shed.pump', 'shed.valve'], deadTime: 500 }];
    const desk = await openDesk({ rules: { ...rules, valve: { holdToRun: true } }, interlocks });
    await tapped(desk, 'pump', true);
    await tapped(desk, 'pump', false);
    const press = desk.tap('valve', true);
    await desk.clock.advance(150);
    desk.router.handle({ msg_type: 'home.hold', dev: 'shed', point: 'valve', held: false, _from: 'phone' }, false);
    await desk.clock.advance(3_000);
    expect(desk.ackOf(press)).toMatchObject({ ok: false, code: 'superseded' });
    expect(desk.board.told).not.toContainEqual(expect.objectContaining({ point: 'valve', value: true }));
    await desk.close();
  });
});

describe('an output that has to be armed', () => {
  const rules = { pump: { arm: 10_000 } };
  const arm = async (desk: Desk, from = 'phone', cmd = 'arm-1') => {
    desk.router.handle({ msg_type: 'home.arm', dev: 'shed', point: 'pump', _from: from, _cmd: cmd }, false);
    await desk.clock.advance(10);
    return desk.ackOf(cmd);
  };

  it('obeys only who armed it, and for its time', async () => {
    const desk = await openDesk({ rules });
    expect(await tapped(desk, 'pump', true)).toMatchObject({ ok: false, code: 'unarmed' });
    expect(await arm(desk)).toMatchObject({ ok: true });
    expect(await tapped(desk, 'pump', true, { _from: 'bob' })).toMatchObject({ ok: false, code: 'unarmed' });
    expect(await tapped(desk, 'pump', true)).toMatchObject({ ok: true });
    await desk.clock.advance(10_000);
    expect(await tapped(desk, 'pump', true)).toMatchObject({ ok: false, code: 'unarmed' });
    expect(await tapped(desk, 'pump', false)).toMatchObject({ ok: true });
    expect(desk.commands.audit.list().map(({ what, ok }) => [what, ok])).toContainEqual(['arm shed.pump', true]);
    await desk.close();
  });

  it('is disarmed by an emergency stop; what needs no arming says so', async () => {
    const desk = await openDesk({ rules });
    await arm(desk);
    await desk.router.emergencyStop('anna');
    expect(await arm(desk, 'phone', 'arm-2')).toMatchObject({ ok: false, code: 'estop' });
    desk.router.releaseStop('anna');
    expect(await tapped(desk, 'pump', true)).toMatchObject({ ok: false, code: 'unarmed' });
    desk.router.handle({ msg_type: 'home.arm', dev: 'shed', point: 'fan', _from: 'phone', _cmd: 'arm-3' }, false);
    await desk.clock.advance(10);
    expect(desk.ackOf('arm-3')).toMatchObject({ ok: false, code: 'read_only' });
    await desk.close();
  });

  it('is not armed by a viewer, nor over an open relay', async () => {
    for (const access of [{ defaultRole: 'viewer' }, { openRelay: true }] as const) {
      const desk = await openDesk({ rules, access });
      expect(await arm(desk)).toMatchObject({ ok: false });
      await desk.close();
    }
  });
});

describe('interlocked outputs', () => {
  it('keep their dead time: what is left of it is waited for, or refused', async () => {
    const interlocks = [{ outputs: ['shed.pump', 'shed.valve'], deadTime: 5_000 }];
    const desk = await openDesk({ interlocks });
    await desk.clock.advance(3_000);
    await tapped(desk, 'pump', true);
    expect(await tapped(desk, 'valve', true)).toMatchObject({ ok: false, code: 'interlock' });
    await tapped(desk, 'pump', false);
    expect(await tapped(desk, 'valve', true)).toMatchObject({ ok: false, code: 'interlock' });
    await desk.clock.advance(4_000);
    const soon = desk.tap('valve', true);
    await desk.clock.advance(900);
    expect(desk.board.outputs.get('valve')).toBe(false);
    await desk.clock.advance(200);
    expect(desk.ackOf(soon)).toMatchObject({ ok: true });
    await desk.close();
  });

  it('exclude each other also after a command whose end is not known', async () => {
    const desk = await openDesk();
    desk.board.manner = 'silent';
    desk.tap('pump', true);
    await desk.clock.advance(3_000);
    desk.board.manner = 'obeys';
    expect(await tapped(desk, 'valve', true)).toMatchObject({ ok: false, code: 'interlock' });
    await tapped(desk, 'pump', false);
    expect(await tapped(desk, 'valve', true)).toMatchObject({ ok: true });
    await desk.close();
  });

  it('go on again after one of them was refused by its device', async () => {
    const desk = await openDesk();
    desk.board.manner = 'refuses';
    await tapped(desk, 'pump', true);
    desk.board.manner = 'obeys';
    expect(await tapped(desk, 'valve', true)).toMatchObject({ ok: true });
    await desk.close();
  });

  it('stay off while one of them was never heard of', async () => {
    const desk = await openDesk({ interlocks: [{ outputs: ['shed.pump', 'yard.gate'], deadTime: 500 }] });
    expect(await tapped(desk, 'pump', true)).toMatchObject({
      code: 'interlock',
      message: 'shed.pump is interlocked: nobody knows whether yard.gate is off',
    });
    await desk.close();
  });

  it('stay off while one of them has said nothing for too long', async () => {
    const desk = await openDesk({ readings: { pump: { filters: [{ timeout: '5s' }] } } });
    await desk.clock.advance(6_000);
    expect(desk.store.said('shed', 'pump')).toBe(false);
    expect(await tapped(desk, 'valve', true)).toMatchObject({ ok: false, code: 'interlock' });
    desk.board.say();
    expect(await tapped(desk, 'valve', true)).toMatchObject({ ok: true });
    await desk.close();
  });

  it('stay off while one of them is on its way through zero', async () => {
    const fan = { id: 'fan', role: 'actuator', type: 'number', min: -100, max: 100, step: 5, safe: 0 } as const;
    const points = [...POINTS.filter(({ id }) => id !== 'fan'), fan];
    const interlocks = [{ outputs: ['shed.fan', 'shed.pump'], deadTime: 50 }];
    const desk = await openDesk({ points, rules: { fan: { slew: 50 } }, interlocks });
    await tapped(desk, 'fan', -20);
    await desk.clock.advance(1_000);
    await tapped(desk, 'fan', 100);
    for (let i = 0; i < 20; i++) {
      desk.tap('pump', true, { _from: `p${i}` });
      await desk.clock.advance(30);
      expect(desk.board.outputs.get('pump')).toBe(false);
    }
    await desk.clock.advance(3_000);
    expect(desk.board.outputs.get('fan')).toBe(100);
    await desk.close();
  });
});

it('a command that waits for its turn does not reach another connection', async () => {
  const desk = await openDesk({ rules: { fan: { minInterval: 1_000 } } });
  await tapped(desk, 'fan', 50);
  const waiting = desk.tap('fan', 70);
  desk.board.io?.lost('pulled');
  await desk.clock.advance(3_000);
  expect(desk.device.state).toBe('live');
  expect(desk.ackOf(waiting)).toMatchObject({ ok: false, code: 'offline' });
  expect(desk.board.told.map(({ value }) => value)).toEqual([50, 0]);
  await desk.close();
});

describe('to become safe is never refused', () => {
  it('while an emergency stop is latched', async () => {
    const desk = await openDesk();
    await tapped(desk, 'pump', true);
    desk.board.manner = 'refuses';
    await desk.router.emergencyStop('anna');
    desk.board.manner = 'obeys';
    expect(await tapped(desk, 'pump', false)).toMatchObject({ ok: true });
    expect(await tapped(desk, 'pump', true)).toMatchObject({ ok: false, code: 'estop' });
    await desk.close();
  });

  it('by an interlock, where the safe value is on', async () => {
    const a = { id: 'a', role: 'actuator', type: 'boolean', safe: true } as const;
    const points = [a, { ...a, id: 'b', safe: false }];
    const desk = await openDesk({ points, interlocks: [{ outputs: ['shed.a', 'shed.b'], deadTime: 100 }] });
    await tapped(desk, 'a', false);
    await desk.clock.advance(200);
    await tapped(desk, 'b', true);
    expect(await tapped(desk, 'a', true)).toMatchObject({ ok: true });
    await desk.close();
  });

  it('though as many commands wait as may', async () => {
    const desk = await openDesk({ interlocks: [] });
    for (let i = 0; i < 10; i++) desk.tap('pump', true);
    for (const point of ['fan', 'dim', 'valve']) desk.tap(point, 0);
    const off = desk.tap('pump', false);
    await desk.clock.advance(20);
    expect(desk.ackOf(off)).toMatchObject({ ok: true, value: false });
    // What is off already may wait like anything else.
    const again = desk.tap('pump', false);
    await desk.clock.advance(20);
    expect(desk.ackOf(again)).toBeUndefined();
    await desk.close();
  });
});
