import { describe, expect, it } from 'vitest';
import { approveDevice, approveNewBoards, refuseViewer } from '../../src/action/approve.js';
import { Audit } from '../../src/action/audit.js';
import { refused } from '../../src/device/outcome.js';
import { BridgeError } from '../../src/error.js';
import { NAMESPACE, openDesk } from '../support/command-desk.js';
import { VirtualClock } from '../support/virtual-clock.js';

describe('the audit', () => {
  it('tells each command once, with origin, outcome and reason', async () => {
    const desk = await openDesk();
    const at = desk.clock.wall();
    const cmd = desk.tap('pump', true);
    desk.tap('pump', true, { _cmd: cmd });
    desk.tap('fan', 500, { _from: 'ben\u001b[2J' });
    desk.router.take({ msg_type: `${NAMESPACE}.cmd`, dev: 'shed', point: 'horn', pulse_ms: 0 }, { via: 'sealed' });
    await desk.clock.advance(100);
    const found = desk.commands.audit.list();
    expect(found).toHaveLength(3);
    const of = (what: string) => found.find((entry) => entry.what === what);
    expect(of('shed.pump')).toMatchObject({ at, from: 'phone', via: 'plain', wish: 'true', ok: true, value: true });
    expect(of('shed.fan')).toMatchObject({ from: 'ben\\x1b[2J', wish: '500', ok: false, code: 'range' });
    expect(of('shed.horn')).toMatchObject({ from: '', via: 'sealed', wish: '{"pulse_ms":0}', code: 'range' });
    await desk.close();
  });

  it('tells stops and resets, refused ones too', async () => {
    const desk = await openDesk({ access: { defaultRole: 'viewer' } });
    desk.router.take({ msg_type: `${NAMESPACE}.estop`, _from: 'anna' }, { via: 'plain' });
    desk.router.take({ msg_type: `${NAMESPACE}.estop`, _from: 'anna' }, { via: 'plain' });
    desk.router.take({ msg_type: `${NAMESPACE}.estop_reset`, _from: 'anna' }, { via: 'plain' });
    desk.router.take({ msg_type: `${NAMESPACE}.estop_reset`, _from: 'owner' }, { via: 'local' });
    await desk.clock.advance(3_000);
    const told = desk.commands.audit.list().map(({ what, from, ok, code }) => [what, from, ok, code]);
    expect(told.sort()).toEqual([
      ['estop', 'anna', true, undefined],
      ['estop_reset', 'anna', false, 'role'],
      ['estop_reset', 'owner', true, undefined],
    ]);
    await desk.close();
  });

  it('tells a name of ours from one that somebody on the relay gives himself', async () => {
    const desk = await openDesk();
    desk.router.take({ msg_type: `${NAMESPACE}.estop`, _from: 'command line' }, { via: 'plain' });
    await desk.clock.advance(1_000);
    expect(desk.commands.audit.list()).toMatchObject([{ what: 'estop', from: 'command line of the relay' }]);
    expect(JSON.stringify(desk.ofType(`${NAMESPACE}.log`))).toContain('by command line of the relay');
    await desk.close();
  });

  it('tells every approval, refused ones with their reason', async () => {
    const audit = new Audit(new VirtualClock());
    const away = new BridgeError('device/away', 'the board is away');
    const fleet = {
      approve: async (id: string) => {
        if (id === 'away') throw away;
        return id === 'lamp' ? { remembered: true } : undefined;
      },
      welcome: { open: (_ms: number, approved: (device: string) => void) => approved('shed') },
    };
    const approver = { fleet, audit };
    await approveDevice(approver, 'lamp', 'panel-1');
    await approveDevice(approver, 'nobody', 'command line');
    await expect(approveDevice(approver, 'away', 'command line')).rejects.toBe(away);
    refuseViewer(approver, 'lamp', 'panel-2');
    expect(approveNewBoards(approver, 1_000, 600_000, 'command line')).toBe(true);
    expect(approveNewBoards(approver, 600_001, 600_000, 'command line')).toBe(false);
    await Promise.resolve();
    const told = audit.list().map(({ from, via, wish, code }) => `${from} ${via} ${wish}: ${code ?? 'ok'}`);
    expect(told).toEqual([
      'panel-1 local "lamp": ok',
      'command line local "nobody": unknown_point',
      'command line local "away": offline',
      'panel-2 viewer "lamp": role',
      'command line local "shed": ok',
      'command line local "new boards for 1 s": ok',
      'command line local "new boards for 600.001 s": range',
    ]);
  });

  it('tells who may not arm or hold an output, and counts that', async () => {
    const desk = await openDesk({ access: { defaultRole: 'viewer' }, rules: { pump: { arm: 10_000 } } });
    for (const type of ['arm', 'hold', 'hold']) {
      desk.router.handle({ msg_type: `${NAMESPACE}.${type}`, dev: 'shed', point: 'pump', _from: 'kid' }, false);
    }
    desk.router.handle({ msg_type: `${NAMESPACE}.hold`, dev: 'yard', point: 'pump', _from: 'kid' }, false);
    await desk.clock.advance(0);
    const told = desk.commands.audit.list().map(({ what, from, code }) => `${from} ${what} ${code}`);
    const held = 'kid hold shed.pump role';
    expect(told).toEqual(['kid arm shed.pump role', held, held]);
    expect(desk.commands.outcomes.refused.get('role')).toBe(3);
    await desk.close();
  });

  it('tells a stop that is pressed again and again once, and at its reset how often that was', async () => {
    const desk = await openDesk({ access: { sealedOnly: true } });
    desk.router.take({ msg_type: `${NAMESPACE}.cmd`, dev: 'shed', point: 'pump', value: true }, { via: 'sealed' });
    await desk.clock.advance(100);
    for (let i = 0; i < 130; i++) {
      desk.router.take({ msg_type: `${NAMESPACE}.estop`, _from: `n${i}` }, { via: 'plain' });
      await desk.clock.advance(1_000);
    }
    desk.router.take({ msg_type: `${NAMESPACE}.estop_reset`, _from: 'owner' }, { via: 'local' });
    await desk.clock.advance(0);
    const told = desk.commands.audit.list().map(({ what, from, wish }) => [what, from, wish]);
    expect(told).toEqual([
      ['shed.pump', '', 'true'],
      ['estop', 'n0', ''],
      ['estop_reset', 'owner', '{"pressed_again":129}'],
    ]);
    await desk.close();
  });

  it('is in the order of the wishes, also where one shares the outcome of a later one', async () => {
    const desk = await openDesk();
    desk.board.manner = 'late';
    for (const value of [5, 10, 15, 0]) desk.tap('fan', value);
    await desk.clock.advance(3_000);
    const list = desk.commands.audit.list();
    expect(list[0]).toMatchObject({ wish: '5', value: 5 });
    expect(list.at(-1)).toMatchObject({ wish: '0', value: 0 });
    await desk.close();
  });

  it('is bounded, and refusals push out nothing that moved', async () => {
    const audit = new Audit(new VirtualClock());
    const asked = (wish: number) => ({ from: 'x', via: 'plain' as const, what: 'a.b', wish });
    await audit.note(asked(-1), { ok: true, value: true });
    for (let n = 0; n < 1_000; n++) await audit.note(asked(n), refused('plaintext', 'no'));
    await audit.note(asked(0), refused('superseded', 'a later one came'));
    const list = audit.list();
    expect(list).toHaveLength(129);
    expect([list[0]?.wish, list[1]?.wish, list.at(-1)?.wish]).toEqual(['-1', '872', '999']);
  });
});
