import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askControl } from '../../src/control/client.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { eventually } from '../support/eventually.js';
import type { Phone } from '../support/phone.js';
import { embeddedRelay, forEachRelay, type MakeRelay } from '../support/relays.js';
import { Rig } from '../support/rig.js';
import interactive from '../vectors/layouts/interactive.json' with { type: 'json' };

const folder = mkdtempSync(join(tmpdir(), 'carter-push-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'layout.json');
const connection = {
  url: 'ws://ann:pass@192.0.2.1:8765',
  token: 'the-token',
  e2eeKey: 'the-key',
  identity: { name: 'a' },
};
writeFileSync(file, JSON.stringify({ ...interactive, connection }));

async function open(make: MakeRelay, room: { token?: string; roomKey?: string } = {}) {
  const rig = await Rig.open(make, { ...room, config: { layout: { file } } });
  await eventually(() => rig.bridge.mesh.ready).toBe(true);
  const push = (phone?: string) => askControl(rig.control, { op: 'push', ...(phone === undefined ? {} : { phone }) });
  return { rig, push };
}

/** Lets a phone answer as an app in a live session does, which draws all controls but some. */
function liveSession(phone: Phone, without: readonly string[] = []): unknown[] {
  const applied: unknown[] = [];
  phone.onRequest('get-device-info', () => ({ ok: true, appVersion: '1.3.0', build: '7', protocolVersion: 1 }));
  phone.onRequest('apply-layout', (layout) => {
    applied.push(layout);
    const { name, tabs } = layout as { name: string; tabs: { title: string; icon: string; children: JsonObject[] }[] };
    const drawn = tabs.map(({ title, icon, children }) => ({
      title,
      icon,
      controls: children
        .filter(({ id }) => !without.includes(String(id)))
        .map(({ id, type, position, span }) => ({ id, type, position, span })),
    }));
    return { ok: true, rendered: { name, accentColor: '#000000', tabs: drawn } };
  });
  return applied;
}

forEachRelay((_relay, make) => {
  it('puts the layout on the phone that is there, without secrets, and tells what the phone did not draw', async () => {
    const { rig, push } = await open(make);
    const applied = liveSession(await rig.phone('anna'), ['air']);
    expect(await push()).toEqual({ ok: true, confirmed: true, phone: 'anna', missing: ['air'] });
    expect(applied).toMatchObject([{ name: interactive.name, connection: { identity: { name: 'a' } } }]);
    const text = JSON.stringify(applied);
    for (const secret of ['the-token', 'the-key', 'pass', 'msg_type":"layout']) expect(text).not.toContain(secret);
    await rig.close();
  });

  it('asks which where several phones answer, and takes the one that is named', async () => {
    const { rig, push } = await open(make);
    const anna = liveSession(await rig.phone('anna'));
    const bert = liveSession(await rig.phone('bert'));
    expect(await push()).toMatchObject({
      ok: false,
      code: 'which_phone',
      message: 'several could be meant: anna, bert',
    });
    expect(await push('carl')).toMatchObject({ ok: false, code: 'no_phone' });
    expect(await push('bert')).toMatchObject({ ok: true, phone: 'bert', missing: [] });
    expect([anna.length, bert.length]).toEqual([0, 1]);
    await rig.close();
  });

  it('sends the layout to everybody where no phone is in the roster, and says a phone’s own reason where it refuses', async () => {
    const { rig, push } = await open(make);
    const other = await rig.phone('other', { role: 'hub' });
    expect(await push()).toMatchObject({ ok: true, confirmed: false });
    const update = await other.waitFor(({ msg_type }) => msg_type === 'layout-update');
    expect(update).toMatchObject({ name: interactive.name, tabs: [{}] });
    expect(JSON.stringify(update)).not.toContain('the-token');
    const anna = await rig.phone('anna');
    anna.onRequest('apply-layout', () => ({ ok: false, error: 'tab 1 has no icon' }));
    expect(await push()).toMatchObject({ ok: false, code: 'refused', message: 'anna refused it: tab 1 has no icon' });
    await rig.close();
  });
});

it('sends the layout to everybody where the only phone is in no live session', async () => {
  const { rig, push } = await open(embeddedRelay);
  const anna = await rig.phone('anna');
  expect(await push()).toMatchObject({ ok: true, confirmed: false, message: expect.stringContaining('anna') });
  await anna.waitFor(({ msg_type }) => msg_type === 'layout-update');
  await rig.close();
});

describe('in a room with a key', () => {
  const room = { token: 'a-token-of-it', roomKey: Buffer.alloc(32, 7).toString('base64') };

  it('puts the layout on a phone that opens what is sealed', async () => {
    const { rig, push } = await open(embeddedRelay, room);
    const applied = liveSession(await rig.phone('anna'));
    expect(await push()).toMatchObject({ ok: true, confirmed: true, phone: 'anna', missing: [] });
    expect(applied).toMatchObject([{ name: interactive.name }]);
    await rig.close();
  });

  it('seals the layout for everybody where the phone takes none for it alone, and shows it to nobody else', async () => {
    const { rig, push } = await open(embeddedRelay, room);
    const eve = await rig.outsider('eve');
    const asked: unknown[] = [];
    eve.onRequest('apply-layout', (layout) => {
      asked.push(layout);
      return { ok: false, error: 'not a layout' };
    });
    const anna = await rig.phone('anna');
    expect(await push('eve')).toMatchObject({
      ok: true,
      confirmed: false,
      message: expect.stringContaining('eve refused it: not a layout'),
    });
    expect(await anna.waitFor(({ msg_type }) => msg_type === 'layout-update')).toMatchObject({
      name: interactive.name,
    });
    expect(asked).toEqual([{ e2ee: 2, s: expect.any(String), n: expect.any(Number), ct: expect.any(String) }]);
    expect(JSON.stringify(eve.broadcasts)).not.toContain(interactive.name);
    await rig.close();
  });
});

it('takes no harm from a phone that gives a reason of which no text can be made', async () => {
  const { rig, push } = await open(embeddedRelay);
  const anna = await rig.phone('anna');
  anna.onRequest('apply-layout', () => ({ ok: false, error: { toString: 1, valueOf: 1 } }));
  expect(await push()).toMatchObject({ ok: false, code: 'refused', message: 'anna refused it: no reason' });
  await rig.close();
});

it('says so where there is no relay', async () => {
  const { rig, push } = await open(embeddedRelay);
  await rig.relay.kill();
  await eventually(() => rig.bridge.mesh.ready).toBe(false);
  expect(await push()).toMatchObject({ ok: false, code: 'no_relay' });
  await rig.close();
});
