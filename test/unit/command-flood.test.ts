import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/mesh/frame.js';
import { NAMESPACE, openDesk } from '../support/command-desk.js';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('too many commands', () => {
  it('that are refused are answered at the pace of commands only', async () => {
    const desk = await openDesk({ access: { phones: new Map([['guest', 'viewer']]) } });
    for (const i of range(100)) {
      desk.tap('pump', i % 2 === 0, { _from: 'guest' });
      if (i === 90) desk.tap('pump', true);
      await desk.clock.advance(10);
    }
    await desk.clock.advance(1_000);
    const refusals = desk.acks().filter((ack) => ack['to'] === 'guest');
    expect(refusals.length).toBeGreaterThanOrEqual(19);
    expect(refusals.length).toBeLessThanOrEqual(20);
    expect(desk.commands.unanswered).toBe(100 - refusals.length);
    expect(desk.acks().find((ack) => ack['to'] === 'phone')).toMatchObject({ ok: true });
    expect(desk.ofType(`${NAMESPACE}.state`).length).toBeLessThanOrEqual(30);
    await desk.close();
  });

  it.each(['estop_reset', 'estop'])('%s of strangers are answered at that pace, too', async (type) => {
    const desk = await openDesk({ access: { sealedOnly: true } });
    desk.router.handle({ msg_type: `${NAMESPACE}.estop` }, false);
    await desk.clock.advance(1_000);
    for (const i of range(2_000)) {
      desk.router.handle({ msg_type: `${NAMESPACE}.${type}`, _from: 'eve', _cmd: `c${i}` }, false);
    }
    await desk.clock.advance(60_000);
    expect(desk.acks()).toHaveLength(10);
    expect(desk.ofType(`${NAMESPACE}.log`).length).toBeLessThan(20);
    expect(desk.estop.latched).toBe(true);
    await desk.close();
  });

  it('of strangers are not remembered: a member’s tap gets its answer again', async () => {
    const desk = await openDesk({ access: { sealedOnly: true } });
    const tap = { msg_type: `${NAMESPACE}.cmd`, dev: 'shed', point: 'pump', value: true, _cmd: 'mine', _from: 'anna' };
    desk.router.handle(tap, true);
    await desk.clock.advance(100);
    for (const i of range(5_000)) {
      desk.tap('pump', true, { _from: `n${i % 60}` });
      await desk.clock.advance(10);
    }
    desk.router.handle(tap, true);
    await desk.clock.advance(120_000);
    expect(desk.acks().filter(({ cmd_id, ok }) => cmd_id === 'mine' && ok === true)).toHaveLength(2);
    expect(desk.board.told).toHaveLength(1);
    await desk.close();
  });

  it.each(['temp', 'fan'])('that are refused keep nobody from hearing what %s is now', async (point) => {
    const desk = await openDesk({ access: { defaultRole: 'viewer' } });
    const said = () => desk.ofType(`${NAMESPACE}.state`).map((frame) => (frame['shed'] as JsonObject)[point]);
    for (const i of range(300)) {
      desk.tap(point, 50, { _from: `guest ${i % 60}` });
      if (i % 30 === 0) {
        desk.board.outputs.set(point, i);
        desk.board.say();
      }
      await desk.clock.advance(15);
    }
    const spoken = range(10).map((i) => i * 30);
    expect([...new Set(said().filter((value) => value !== undefined))]).toEqual(spoken);
    await desk.close();
  });

  it('that are refused are followed by what the point is, unless there is none', async () => {
    const desk = await openDesk({ access: { defaultRole: 'viewer' } });
    desk.tap('fan', 50);
    desk.tap('made_up', 50);
    await desk.clock.advance(1_000);
    const said = desk.frames.filter(({ msg_type }) => msg_type !== `${NAMESPACE}.log`);
    expect(said).toMatchObject([{ code: 'role' }, { code: 'role' }, { shed: { fan: 0 } }]);
    expect(said[2]?.['shed']).toEqual({ fan: 0 });
    await desk.close();
  });

  it('for more points than may wait are refused at that pace, and none waits beyond its time', async () => {
    const desk = await openDesk();
    const cmds = range(200).map((i) => desk.tap(`p${i}`, true));
    await desk.clock.advance(1_499);
    const codes = () => cmds.map((cmd) => desk.ackOf(cmd)?.['code']);
    expect(codes()).not.toContain('expired');
    expect(codes().filter((code) => code === 'rate')).toHaveLength(10);
    await desk.clock.advance(50);
    expect(codes()).toContain('expired');
    expect(codes()).not.toContain('timeout');
    expect(desk.commands.unanswered).toBe(200 - 10 - 16 - 10);
    await desk.close();
  });

  it('of invented senders are kept in bounded numbers, and a phone known before gets through', async () => {
    const desk = await openDesk();
    desk.tap('pump', true);
    await desk.clock.advance(60_000);
    for (const i of range(900)) {
      desk.tap('fan', (i % 21) * 5, { _from: `invented ${i}` });
      if (i % 3 === 0) await desk.clock.advance(10);
    }
    expect(desk.clock.timers).toBeLessThan(150);
    const began = desk.clock.now();
    const cmd = desk.tap('pump', false);
    while (!desk.ackOf(cmd) && desk.clock.now() - began < 2_000) await desk.clock.advance(10);
    expect(desk.ackOf(cmd)).toMatchObject({ ok: true, value: false });
    expect(desk.clock.now() - began).toBeLessThan(700);
    await desk.close();
  });
});

describe('a dragged slider', () => {
  it('is seen by the other phones as it moves, each value after its ack', async () => {
    const desk = await openDesk();
    desk.board.manner = 'late';
    desk.board.delay = 120;
    for (const i of range(60)) {
      desk.tap('fan', (i % 21) * 5);
      await desk.clock.advance(50);
    }
    const fanOf = (frame: JsonObject) => (frame['shed'] as JsonObject | undefined)?.['fan'];
    const said = desk.ofType(`${NAMESPACE}.state`).map(fanOf);
    expect(new Set(said).size).toBeGreaterThanOrEqual(10);
    let acked: unknown = 0;
    for (const frame of desk.frames) {
      if (frame['msg_type'] === 'command_ack') acked = frame['value'];
      else if (fanOf(frame) !== undefined) expect(fanOf(frame)).toBe(acked);
    }
    await desk.close();
  });
});
