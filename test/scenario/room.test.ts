import { afterEach, expect, it } from 'vitest';
import type { BridgeParts } from '../../src/bridge-parts.js';
import { askControl } from '../../src/control/client.js';
import { roomCipher } from '../../src/mesh/e2ee.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { forEachRelay } from '../support/relays.js';
import { Rig, says } from '../support/rig.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 8).toString('base64');

const pump = (value: boolean): JsonObject => ({ msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value });
const acks = (cmd: string) => (frame: JsonObject) => frame['msg_type'] === 'command_ack' && frame['cmd_id'] === cmd;

/** The sketch speaks, so that it can be commanded. */
const isLive = (frame: JsonObject) => typeof (frame['shed'] as JsonObject | undefined)?.['temp'] === 'number';

forEachRelay((_, make) => {
  let rig: Rig | undefined;
  afterEach(async () => {
    await rig?.close();
    rig = undefined;
  });

  it('members of a room see and switch everything, others not one word', async () => {
    rig = await Rig.open(make, { roomKey: KEY });
    const outsider = await rig.outsider();
    const phone = await rig.phone();
    await phone.waitFor(isLive);
    phone.send({ msg_type: 'control_sync_request', from: 'anna' });
    const cmd = phone.command(pump(true));
    expect(await phone.waitFor(acks(cmd))).toMatchObject({ ok: true, value: true, to: 'anna' });
    await phone.waitFor(says('shed', 'pump', true));
    const stop = phone.command({ msg_type: 'rig.estop' });
    expect(await phone.waitFor(acks(stop))).toMatchObject({ ok: true });
    for (const type of ['rig.log', 'rig.devices', 'control_snapshot']) {
      await phone.waitFor((frame) => frame['msg_type'] === type);
    }
    for (const type of ['rig.get_history', 'rig.get_state', 'rig.describe']) {
      expect(await phone.request('rig', type, {})).toMatchObject({ ok: true, _ch: 'lab', _from: 'rig' });
    }
    const types = new Set(phone.broadcasts.map((frame) => frame['msg_type']));
    expect([...types]).toEqual(
      expect.arrayContaining([
        'command_ack',
        'control_snapshot',
        'rig.devices',
        'rig.health',
        'rig.log',
        'rig.topology',
      ]),
    );

    await eventually(() => outsider.broadcasts.length).toBeGreaterThanOrEqual(phone.broadcasts.length);
    for (const frame of outsider.broadcasts) {
      expect(Object.keys(frame).sort()).toEqual(['ct', 'e2ee', 'n', 's']);
    }
    const counted = outsider.broadcasts.map(({ s, n }) => `${s} ${n}`);
    expect(new Set(counted).size).toBe(counted.length);
  });

  it('plain commands are refused in a room, by broadcast and by route', async () => {
    rig = await Rig.open(make, { roomKey: KEY });
    const outsider = await rig.outsider();
    const phone = await rig.phone();
    await phone.waitFor(isLive);
    const cmd = outsider.command(pump(true));
    expect(await phone.waitFor(acks(cmd))).toMatchObject({ ok: false, code: 'plaintext', to: 'eve' });
    const answer = await outsider.request('rig', 'rig.set', { dev: 'shed', point: 'pump', value: true });
    expect(answer).toMatchObject({ e2ee: 2 });
    const reset = outsider.command({ msg_type: 'rig.estop_reset' });
    expect(await phone.waitFor(acks(reset))).toMatchObject({ ok: false, code: 'plaintext' });
    expect(rig.bridge.store.point('shed', 'pump')?.value).not.toBe(true);
    const told = await askControl(rig.control, { op: 'audit' });
    const by = { from: 'eve', via: 'plain', ok: false, code: 'plaintext' };
    expect(told['commands']).toMatchObject([
      { ...by, what: 'shed.pump', wish: 'true' },
      { ...by, from: '', what: 'shed.pump' },
      { ...by, what: 'estop_reset' },
    ]);
  });

  it('a recorded frame switches nothing again, nor does a changed one or one of another room', async () => {
    rig = await Rig.open(make, { roomKey: KEY });
    const outsider = await rig.outsider();
    const phone = await rig.phone();
    await phone.waitFor(isLive);
    const heard = outsider.broadcasts.length;
    const on = phone.command(pump(true));
    await phone.waitFor(acks(on));
    const off = phone.command(pump(false));
    await phone.waitFor(acks(off));
    const { mesh, store } = rig.bridge;
    const before = mesh.stats.dropped.undecryptable;

    const recorded = outsider.broadcasts.slice(heard);
    for (const frame of recorded) outsider.send(frame);
    // The bridge's own frames come back to it too, and are told by their salt.
    await eventually(() => mesh.stats.dropped.undecryptable).toBe(before + 2);
    const stranger = await rig.phone('mallory', {}, OTHER_KEY).catch(() => undefined);
    stranger?.command(pump(true));
    const [first] = recorded;
    const ct = Buffer.from(String(first?.['ct']), 'base64');
    ct.writeUInt8(ct.readUInt8(0) ^ 1, 0);
    outsider.send({ ...first, ct: ct.toString('base64'), n: 1_000 });
    await eventually(() => mesh.stats.dropped.undecryptable).toBeGreaterThanOrEqual(before + 3);
    expect(store.point('shed', 'pump')?.value).toBe(false);

    const again = phone.command(pump(true));
    expect(await phone.waitFor(acks(again))).toMatchObject({ ok: true });
  });

  it('what a relay does with sealed frames switches nothing: kept back, meant for another bridge, sent again after a move', async () => {
    rig = await Rig.open(make, { roomKey: KEY });
    const outsider = await rig.outsider();
    const phone = await rig.phone();
    await phone.waitFor(isLive);
    const { store, mesh } = rig.bridge;
    const member = () => roomCipher(KEY, { name: 'carl', channel: 'lab', clock: systemClock() });
    const carl = member();
    const [on, off] = [carl.seal({ ...pump(true), _cmd: 'on' }), carl.seal({ ...pump(false), _cmd: 'off' })];
    outsider.send(off);
    await phone.waitFor(acks('off'));
    outsider.send(on);
    expect(await phone.waitFor(acks('on'))).toMatchObject({ ok: false, code: 'expired' });
    const asked = carl.seal({ dev: 'shed', point: 'pump', value: true });
    outsider.send(carl.seal({ msg_type: 'rig.poll' }));
    await outsider.request('rig', 'rig.set', asked);
    await outsider.request('rig', 'rig.set', carl.seal({ ...pump(true), msg_type: 'yard.cmd' }));
    expect(store.point('shed', 'pump')?.value).toBe(false);

    const good = carl.seal({ dev: 'shed', point: 'pump', value: true });
    await outsider.request('rig', 'rig.set', good);
    await eventually(() => store.point('shed', 'pump')?.value).toBe(true);
    await outsider.request('rig', 'rig.set', carl.seal({ ...pump(false), msg_type: 'rig.set' }));
    await eventually(() => store.point('shed', 'pump')?.value).toBe(false);
    const { parts } = rig.bridge as unknown as { parts: BridgeParts };
    await rig.bridge.reload({ ...parts, token: 'new' });
    await eventually(() => mesh.ready).toBe(true);
    await outsider.request('rig', 'rig.set', good);
    expect(mesh.stats.dropped.undecryptable).toBe(1);
    expect(store.point('shed', 'pump')?.value).toBe(false);
  });

  it('a frame that a gateway wrote its sender on is opened, and the sealed name counts', async () => {
    rig = await Rig.open(make, { roomKey: KEY, token: 'secret' });
    const outsider = await rig.outsider();
    const phone = await rig.phone();
    await phone.waitFor(isLive);
    const cipher = roomCipher(KEY, { name: 'carl', channel: 'lab', clock: systemClock() });
    outsider.send({ ...cipher.seal({ ...pump(true), _cmd: 'c1', _from: 'carl' }), _from: 'gateway', extra: 1 });
    expect(await phone.waitFor(acks('c1'))).toMatchObject({ ok: true, to: 'carl' });
  });
});
