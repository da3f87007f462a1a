import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CANARY, HostileScene } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig } from '../support/rig.js';
import { LinesSimulator } from '../../devices/lines/simulator.js';
import { eventually } from '../support/eventually.js';

const listen = (filter: object, valuePath: string) => [{ method: 'meshsocket', type: 'listen', event: 'broadcast', filter, valuePath }];
const toggle = (id: string, y: number, sync: unknown) => ({ type: 'toggle', id, label: id, defaultValue: false, position: [y, 0], span: [1, 2], sync });
const GIVEN = JSON.stringify({
  name: 'A gift', version: 1,
  tabs: [{ title: 'Gift', icon: 'cpu', grid: { columns: 4, rows: 8 }, children: [
    toggle('lamp', 0, listen({ msg_type: 'barn.cmd', dev: 'gate', point: 'pump' }, 'value')),
    toggle('lamp2', 1, listen({ msg_type: 'barn.estop' }, 'x')),
    toggle('lamp3', 2, listen({ msg_type: 'layout-update', name: 'Not the house’s', tabs: [] }, 'v')),
    toggle('lamp4', 3, listen({ msg_type: 'studio.event', event: 'bye' }, 'v')),
  ] }],
});

describe('a layout whose controls listen to what commands others', () => {
  let scene: HostileScene;
  const folder = mkdtempSync(join(tmpdir(), 'carter-gift-'));
  beforeAll(async () => {
    const file = join(folder, 'gift.json');
    writeFileSync(file, GIVEN);
    const bindings = { lamp: 'shed.pump', lamp2: 'shed.jog', lamp3: 'shed.heater', lamp4: 'shed.heater' };
    scene = await HostileScene.open(embeddedRelay, { token: CANARY.token, roomKey: CANARY.roomKey, config: { layout: { file, bindings } } });
  });
  afterAll(async () => {
    await scene.close();
    rmSync(folder, { recursive: true });
  });

  it('switches nothing at another bridge of the room', async () => {
    const { relay } = scene.rig;
    const state = mkdtempSync(join(tmpdir(), 'carter-barn-'));
    const barn = await Rig.open(async () => ({ ...relay, stop: async () => {}, kill: async () => {} }), {
      devices: { gate: { driver: 'lines', boot: '300ms', points: { temp: {}, pump: { role: 'actuator', type: 'boolean', write: 'PUMP {value:on|off}' } } } },
      token: CANARY.token, roomKey: CANARY.roomKey,
      config: { bridge: { name: 'barn', namespace: 'barn', stateDir: state } },
    });
    await eventually(() => barn.bridge.store.point('gate', 'pump')?.value).toBe(false);
    await eventually(() => barn.bridge.mesh.ready).toBe(true);
    // Somebody switches the pump of the shed.
    await scene.honestTap();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const pump = barn.board('gate').simulated(LinesSimulator).output('pump');
    const stopped = barn.bridge.memory.latch.closed;
    await barn.close();
    rmSync(state, { recursive: true, force: true });
    expect({ pump, stopped }).toEqual({ pump: false, stopped: false });
  }, 30_000);

  it('makes the bridge command nobody', async () => {
    await scene.honestTap();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const sealedToAll = scene.anna.broadcasts.filter(({ msg_type }) => ['barn.cmd', 'barn.estop', 'layout-update', 'studio.event'].includes(String(msg_type)));
    expect(sealedToAll).toEqual([]);
  });
});
