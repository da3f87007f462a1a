import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { isEnvelope } from '../../src/mesh/e2ee.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { eventually } from '../support/eventually.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig } from '../support/rig.js';

const ROOM = Buffer.alloc(32, 9).toString('base64');
const MESH = { method: 'meshsocket' };
/** Says and hears what the lamp is in one and the same word. */
const TOGGLE = {
  ...{ type: 'toggle', id: 'lamp', label: 'Lamp', position: [0, 0], span: [1, 2] },
  action: { ...MESH, mode: 'broadcast', event: 'broadcast_request', payload: { msg_type: 'lamp', on: '{{value}}' } },
  sync: [{ ...MESH, type: 'listen', event: 'broadcast', filter: { msg_type: 'lamp' }, valuePath: 'on' }],
};
const TAB = { title: 'Main', icon: 'cpu', grid: { columns: 4, rows: 6 }, children: [TOGGLE] };

it('what the bridge said in an earlier life, sent back to it, switches nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carter-life-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'layout.json');
  writeFileSync(file, JSON.stringify({ name: 'Lamp', version: 1, tabs: [TAB] }));
  const config = {
    bridge: { name: 'rig', namespace: 'rig', stateDir: join(folder, 'state') },
    layout: { file, bindings: { lamp: 'shed.pump' } },
  };
  // A machine on a network without time: nobody can tell by the clock.
  const now = vi.spyOn(Date, 'now').mockReturnValue(0);
  onTestFinished(() => now.mockRestore());
  const live = async () => {
    const rig = await Rig.open(embeddedRelay, { roomKey: ROOM, config });
    const pump = () => rig.bridge.store.point('shed', 'pump')?.value;
    await eventually(() => rig.bridge.mesh.ready && rig.bridge.store.health('shed')).toBe('online');
    await eventually(pump).toBe(false);
    return { rig, pump, eve: await rig.outsider(), anna: await rig.phone('anna') };
  };
  const first = await live();
  first.anna.send({ msg_type: 'lamp', on: true });
  await first.anna.waitFor(({ msg_type, on, _src }) => msg_type === 'lamp' && on === true && _src !== undefined);
  const recorded: JsonObject[] = first.eve.broadcasts.filter(isEnvelope);
  await first.rig.close();

  const second = await live();
  onTestFinished(() => second.rig.close());
  for (const frame of recorded) second.eve.send(frame);
  second.anna.send({ msg_type: 'rig.cmd', dev: 'shed', point: 'fan', value: 20 });
  await eventually(() => second.rig.bridge.store.point('shed', 'fan')?.value).toBe(20);
  expect(second.pump()).toBe(false);
});
