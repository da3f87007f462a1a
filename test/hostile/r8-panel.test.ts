import { describe, expect, it } from 'vitest';
import { askControl } from '../../src/control/client.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { eventually } from '../support/eventually.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { cookieOf, PageClient } from '../support/page-client.js';
import { embeddedRelay } from '../support/relays.js';
import { sceneOf } from '../support/scene-of.js';

const audit = async ({ rig }: HostileScene) =>
  (await askControl(rig.control, { op: 'audit' }))['commands'] as JsonObject[];

async function viewer({ rig }: HostileScene): Promise<PageClient> {
  const link = rig.bridge.panel?.link('viewer') ?? '';
  return await PageClient.open(link, await cookieOf(link));
}

describe('a page that says it is somebody else, by a request', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  it('is in the audit as itself', async () => {
    const set = { type: 'rig.set', payload: { dev: 'shed', point: 'fan', value: 1, _from: 'command line' } };
    expect(await scene().page.ask('route_msg', set)).toMatchObject({ ok: true });
    expect((await audit(scene())).at(-1)).toMatchObject({ what: 'shed.fan', from: expect.stringMatching(/^panel-\d+$/) });
  });

  it('does not switch what somebody else has armed', async () => {
    const { anna, page } = scene();
    const cmd = anna.command({ msg_type: 'rig.arm', dev: 'shed', point: 'heater' });
    await anna.waitFor((frame) => frame['cmd_id'] === cmd);
    const set = { type: 'rig.set', payload: { dev: 'shed', point: 'heater', value: true, _from: 'anna' } };
    const got = await page.ask('route_msg', set);
    await askControl(scene().rig.control, { op: 'set', device: 'shed', point: 'heater', value: false });
    expect(got).toMatchObject({ ok: false, code: 'unarmed' });
  });

  it('as a viewer does not use up the answers of somebody else', async () => {
    const { anna } = scene();
    const page = await viewer(scene());
    const set = { type: 'rig.set', payload: { dev: 'shed', point: 'pump', value: true, _from: 'anna' } };
    for (let i = 0; i < 12; i++) await page.ask('route_msg', set);
    // What she is to hear of: her clock is wrong.
    const cmd = anna.command({ msg_type: 'rig.cmd', dev: 'shed', point: 'fan', value: 10, _ts: Date.now() - 600_000 });
    await scene().passed(anna);
    await page.close();
    expect(anna.broadcasts.find((frame) => frame['cmd_id'] === cmd)).toMatchObject({ ok: false, code: 'expired' });
  });
});

describe('what is refused at the panel and on the command line', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  it('a viewer who gives consent is in the audit', async () => {
    const page = await viewer(scene());
    expect(await page.ask('panel.approve', { device: 'shed' })).toMatchObject({ ok: false });
    await page.close();
    await expect.poll(async () => (await audit(scene())).at(-1), { timeout: 1_000 }).toMatchObject({ what: 'approve', ok: false, via: 'viewer' });
  });

  it('a consent to a device that is not there is in the audit', async () => {
    expect(await askControl(scene().rig.control, { op: 'approve', device: 'nobody' })).toMatchObject({ ok: false });
    await expect.poll(async () => (await audit(scene())).at(-1), { timeout: 1_000 }).toMatchObject({ what: 'approve', ok: false });
  });
});

describe('an emergency stop of somebody on the relay who has a name of ours', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });
  it('is not told as one from this machine', async () => {
    const { anna, rig, log } = scene();
    anna.send({ msg_type: 'rig.estop', _from: 'command line', _cmd: 'x' });
    await eventually(() => log.some((line) => line.includes('EMERGENCY STOP'))).toBe(true);
    await askControl(rig.control, { op: 'set', device: 'bridge', point: 'estop_reset', value: true });
    const line = log.find((text) => text.includes('"EMERGENCY STOP"')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ by: 'command line of the relay' });
  });
});
