import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askControl } from '../../src/control/client.js';
import { controlSocket } from '../../src/control/protocol.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { eventually } from '../support/eventually.js';
import type { Phone } from '../support/phone.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig, SKETCH, says } from '../support/rig.js';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'carter-state-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

/** A bridge that starts with what the one before has left in its state folder, and a phone. */
async function start(devices?: { [id: string]: JsonObject }) {
  const config = {
    bridge: { name: 'rig', namespace: 'rig', stateDir },
    publish: { trend: '250ms' },
    persist: { history: true, values: true },
  };
  const rig = await Rig.open(embeddedRelay, { config, ...(devices && { devices }) });
  const phone = await rig.phone();
  await phone.waitFor(says('shed', 'pump', false), 8_000);
  return { rig, phone };
}

async function ackOf(phone: Phone, payload: JsonObject): Promise<JsonObject> {
  const id = phone.command(payload);
  return await phone.waitFor((frame) => frame['msg_type'] === 'command_ack' && frame['cmd_id'] === id);
}

async function temperatures(phone: Phone): Promise<number[]> {
  const answer = (await phone.request('rig', 'rig.get_history')) as { history: { shed?: { temp?: number[] } } };
  return answer.history.shed?.temp ?? [];
}

describe('a bridge that is started anew', () => {
  it('is still stopped, says so to phones, and obeys after the reset', async () => {
    const pump = { msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true };
    const first = await start();
    expect(await ackOf(first.phone, pump)).toMatchObject({ ok: true });
    expect(await ackOf(first.phone, { msg_type: 'rig.estop' })).toMatchObject({ ok: true });
    await first.rig.close();

    const { rig, phone } = await start();
    const isWord = ({ entry }: JsonObject) =>
      (entry as JsonObject | undefined)?.['text'] === 'the emergency stop is latched';
    await phone.waitFor((frame) => frame['msg_type'] === 'rig.log' && isWord(frame));
    expect(await ackOf(phone, pump)).toMatchObject({ ok: false, code: 'estop' });
    expect(rig.board().simulator.output('pump')).toBe(false);
    expect(await ackOf(phone, { msg_type: 'rig.estop_reset' })).toMatchObject({ ok: true });
    expect(await ackOf(phone, pump)).toMatchObject({ ok: true });
    expect(rig.board().simulator.output('pump')).toBe(true);
    await rig.close();
  });

  it.each(['onBoot', 'onExit'])(
    'brings back what was wished where `%s` wants that, unless everything was stopped',
    async (policy) => {
      const { pump, fan, ...points } = SKETCH.points;
      const device = { ...SKETCH, points: { ...points, pump: { ...pump, safe: false, [policy]: 'restore' }, fan } };
      const shed = { shed: device as unknown as JsonObject };
      const wish = (point: string, value: unknown) => ({ msg_type: 'rig.cmd', dev: 'shed', point, value });
      const first = await start(shed);
      expect(await ackOf(first.phone, wish('pump', true))).toMatchObject({ ok: true });
      expect(await ackOf(first.phone, wish('fan', 40))).toMatchObject({ ok: true });
      await first.rig.close();
      expect(first.rig.board().simulator.output('pump')).toBe(false);

      const second = await start(shed);
      await second.phone.waitFor(says('shed', 'pump', true), 8_000);
      expect(second.rig.board().simulator.output('pump')).toBe(true);
      expect(second.rig.board().simulator.output('fan')).toBe(0);
      expect(await ackOf(second.phone, { msg_type: 'rig.estop' })).toMatchObject({ ok: true });
      expect(await ackOf(second.phone, { msg_type: 'rig.estop_reset' })).toMatchObject({ ok: true });
      await second.rig.close();

      const third = await start(shed);
      // What was to come back would be carried out before this.
      expect(await ackOf(third.phone, wish('fan', 20))).toMatchObject({ ok: true });
      expect(third.rig.board().simulator.output('pump')).toBe(false);
      await third.rig.close();
    },
    40_000,
  );

  it('tells what it knew before of a device that is not there, as past only', async () => {
    const first = await start();
    await first.rig.close();
    const { rig, phone } = await start();
    rig.board().pull();
    const state = async () => (await phone.request('rig', 'rig.get_state')) as { devices: { shed: JsonObject } };
    await expect.poll(async () => (await state()).devices.shed['health'], { timeout: 5_000 }).toBe('offline');
    expect((await state()).devices.shed).toMatchObject({
      health: 'offline',
      points: { temp: { value: null, quality: 'unknown' } },
      last: { temp: { value: expect.any(Number), at: expect.any(Number) }, pump: { value: false } },
    });
    expect(await askControl(controlSocket(stateDir), { op: 'get', device: 'shed', point: 'pump' })).toMatchObject({
      points: { pump: { value: null } },
      last: { pump: { value: false, at: expect.any(Number) } },
    });
    await rig.close();
  });

  it('knows what it is to know also where the stop before was cut short by a device that hung', async () => {
    const { rig } = await start();
    const { fleet } = rig.bridge;
    const stop = fleet.stop.bind(fleet);
    const stopped: Promise<void>[] = [];
    fleet.stop = () => {
      stopped.push(stop());
      return new Promise(() => {});
    };
    await eventually(() => existsSync(join(stateDir, 'values.json'))).toBe(true);
    rmSync(join(stateDir, 'values.json'));
    await rig.close();
    await Promise.all(stopped);
    const { points } = JSON.parse(readFileSync(join(stateDir, 'values.json'), 'utf8'));
    expect(points).toMatchObject({ 'shed.temp': { value: expect.any(Number) }, 'shed.pump': { value: false } });
  });

  it('goes on with its sparklines', async () => {
    const first = await start();
    await expect.poll(async () => (await temperatures(first.phone)).length, { timeout: 8_000 }).toBeGreaterThan(10);
    const before = await temperatures(first.phone);
    await first.rig.close();

    const { rig, phone } = await start();
    await expect.poll(async () => (await temperatures(phone)).length, { timeout: 8_000 }).toBeGreaterThan(0);
    expect((await temperatures(phone)).slice(0, before.length)).toEqual(before);
    await rig.close();
  });
});
