import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drivers } from '../../devices/index.js';
import type { Router } from '../../src/action/router.js';
import { Safety } from '../../src/action/safety.js';
import { parseConfig } from '../../src/config/load.js';
import type { Fleet } from '../../src/device/fleet.js';
import { type Log, silentLog } from '../../src/log.js';
import type { Memory } from '../../src/memory.js';
import { Latch } from '../../src/state/latch.js';
import { StateFile } from '../../src/state/state-file.js';
import { Store } from '../../src/state/store.js';
import { DesiredInMemory } from '../support/desired-in-memory.js';
import { VirtualClock } from '../support/virtual-clock.js';

const configOf = (sections: object) => {
  const points = {
    door: { pin: 4, direction: 'in' },
    lamp: { pin: 17, direction: 'out', initial: false, safe: false },
  };
  const text = JSON.stringify({ devices: { pins: { driver: 'gpio', points } }, ...sections });
  return parseConfig({ path: 'a', text, shared: false }, { drivers, env: {}, homeDir: '/home/pi' }).config;
};

async function open(sections: object, log: Log = silentLog) {
  const clock = new VirtualClock();
  const store = new Store(clock);
  store.describe('pins', [
    { id: 'door', role: 'sensor', type: 'boolean' },
    { id: 'lamp', role: 'actuator', type: 'boolean', safe: false },
  ]);
  store.setHealth('pins', 'online');
  store.report('pins', [
    { point: 'door', value: true },
    { point: 'lamp', value: false },
  ]);
  const pressed: string[] = [];
  const router = { emergencyStop: async (by: string) => void pressed.push(by) } as unknown as Router;
  const fleet = { devices: new Map() } as unknown as Fleet;
  const desired = new DesiredInMemory();
  const latch = new Latch(new StateFile(join(mkdtempSync(join(tmpdir(), 'carter-safety-')), 'estop.json'), silentLog));
  const memory = { latch, outputs: desired } as unknown as Memory;
  const parts = { fleet, store, memory, openRelay: false, clock, log };
  const safety = new Safety({ ...parts, config: configOf(sections) });
  safety.begin(router);
  const say = (value: boolean) => void store.report('pins', [{ point: 'door', value }]);
  return { clock, store, safety, desired, pressed, say };
}

describe('other rules while the bridge runs', () => {
  it('stop everything where a new source of the emergency stop is pressed already', async () => {
    const { safety, pressed, say } = await open({});
    safety.take(configOf({ safety: { estop: ['pins.door'] } }), false);
    expect(pressed).toEqual(['pins.door']);
    say(false);
    safety.take(configOf({ safety: { estop: ['pins.door'], relayGrace: '5s' } }), false);
    say(true);
    expect(pressed).toEqual(['pins.door', 'pins.door']);
    safety.take(configOf({}), false);
    say(false);
    say(true);
    expect(pressed).toHaveLength(2);
    safety.close();
  });

  it('leave the emergency stop latched', async () => {
    const { safety } = await open({});
    await safety.rules.estop.latch();
    safety.take(configOf({ security: { defaultRole: 'viewer' } }), true);
    expect(safety.rules.estop.latched).toBe(true);
    expect(safety.rules.access).toMatchObject({ defaultRole: 'viewer', openRelay: true });
    safety.close();
  });

  it('forget what was wished of a device that is gone', async () => {
    const { store, safety, desired } = await open({});
    store.report('pins', [{ point: 'lamp', value: true }]);
    desired.note('pins.lamp', true);
    store.remove('pins');
    expect(desired.of('pins.lamp')).toBeUndefined();
    safety.close();
  });

  it('wait for the relay as long as they say', async () => {
    const { clock, store, safety } = await open({ safety: { relayGrace: '1h' } });
    safety.relayUp();
    const warned: string[] = [];
    store.report('pins', [{ point: 'lamp', value: true }]);
    safety.rules.outputs.release = (name) => void warned.push(name);
    safety.take(configOf({ safety: { relayGrace: '2s' } }), false);
    safety.relayDown();
    await clock.advance(1_900);
    expect(warned).toEqual([]);
    await clock.advance(200);
    expect(warned).toEqual(['pins.lamp']);
    safety.close();
  });

  it('are held against what a device has, once it is there: what it does not have is told once', async () => {
    const warned: string[] = [];
    const board = { driver: 'board', port: 'auto', points: { lamp: { maxOn: '1m' }, lmap: { maxOn: '1m' } } };
    const { store, safety } = await open(
      { devices: { pins: board }, safety: { interlocks: [['pins.lamp', 'pins.vlave']] } },
      { ...silentLog, warn: (_, message) => void warned.push(message) },
    );
    store.connect('pins', true);
    store.connect('pins', false);
    expect(warned).toEqual(
      ['lmap', 'vlave'].map((id) => `the config has rules for pins.${id}, which is not there; pins has: door, lamp`),
    );
    safety.close();
  });

  it('give who is on the relay that is being left no more than both relays give', async () => {
    const before = { security: { defaultRole: 'viewer', phones: { anna: 'operator', bert: 'operator' } } };
    const { safety } = await open(before);
    const after = configOf({ security: { defaultRole: 'operator', phones: { bert: 'viewer' } } });
    safety.take(configOf(before), true);
    safety.take(after, false, true);
    const { access } = safety.rules;
    expect(access).toMatchObject({ openRelay: true, sealedOnly: false, defaultRole: 'viewer' });
    expect([...access.phones]).toEqual([
      ['anna', 'operator'],
      ['bert', 'viewer'],
    ]);
    safety.arrive();
    expect(safety.rules.access).toMatchObject({ openRelay: false, defaultRole: 'operator' });
    safety.take(configOf({ relay: { embedded: {}, roomKey: Buffer.alloc(32, 7).toString('base64') } }), true, true);
    expect(safety.rules.access).toMatchObject({ openRelay: true, sealedOnly: true });
    safety.close();
  });
});
