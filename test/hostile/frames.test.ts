import { describe, expect, it } from 'vitest';
import { askControl } from '../../src/control/client.js';
import { roomCipher } from '../../src/mesh/e2ee.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';
import { type Attack, repelled } from '../support/attack.js';
import { cmd, no, routed, SILENCE, tapped, unheard } from '../support/bridge-attacks.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { expectOwned, sceneOf } from '../support/scene-of.js';

const FRAMES: Attack<HostileScene>[] = [
  unheard('a device of nobody', { ...cmd('pump', true), dev: 'barn' }),
  unheard('a device named as a prototype', { ...cmd('pump', true), dev: '__proto__' }),
  unheard('a device that is an object', { ...cmd('pump', true), dev: { id: 'shed' } }),
  unheard('a command in another namespace', { ...cmd('pump', true), msg_type: 'garage.cmd' }),
  unheard('a command with a space behind its type', { ...cmd('pump', true), msg_type: 'rig.cmd ' }),
  unheard('a command whose type is a list', { ...cmd('pump', true), msg_type: ['rig.cmd'] }),
  unheard('a type that every object has', { ...cmd('pump', true), msg_type: '__proto__' }),
  unheard('an event of the app’s editor', {
    msg_type: 'studio.event',
    event: 'action',
    action: { payload: cmd('pump', true) },
  }),
  unheard('a fan-out of older relays', { ...cmd('pump', true), msg_type: 'iCloudListen' }),
  unheard('a command in what would be its prototype', JSON.parse(`{"__proto__":${JSON.stringify(cmd('pump', true))}}`)),
  tapped(
    'a prototype of many kilobytes, of which nothing is left to be measured',
    JSON.parse(`{"__proto__":{"rest":"${'x'.repeat(5_000)}"},${JSON.stringify(cmd('fan', 101)).slice(1)}`),
    'range',
  ),
  unheard('a forged acknowledgement', { msg_type: 'command_ack', cmd_id: 'x', to: 'anna', ok: true, value: true }),
  unheard('a forged snapshot', { msg_type: 'control_snapshot', controls: { pump: { value: true } } }),
  unheard('a consent', { msg_type: 'rig.approve', device: 'newcomer' }),
  unheard('a layout for the bridge', { msg_type: 'push_layout', layout: { tabs: [] } }),
  unheard('an invalid command without an id to answer', cmd('fan', 999), { _cmd: { toString: 1 } }),
  unheard(
    'a sealed command, where there is no key',
    roomCipher(CANARY.roomKey, { channel: 'lab', name: 'mallory', clock: systemClock() }).seal(cmd('pump', true)),
  ),
  {
    name: 'a forged state, which is not taken for what the device says',
    refusal: { pump: false, temp: expect.any(Number), health: 'online' },
    attack: async (scene) => {
      await scene.tap({ msg_type: 'rig.state', shed: { pump: true, temp: -999 }, _full: true });
      await scene.tap({ msg_type: 'rig.health', shed: 'offline' });
      const { store } = scene.rig.bridge;
      const of = (point: string) => store.point('shed', point)?.value;
      expect(of('temp')).toBeGreaterThan(-999);
      return { pump: of('pump'), temp: of('temp'), health: store.health('shed') };
    },
  },
  {
    name: 'the bridge’s own words with a command in them',
    refusal: SILENCE,
    attack: async (scene) => {
      const said = await scene.anna.waitFor((frame) => typeof frame['_src'] === 'string');
      return await scene.tap({ ...said, ...cmd('pump', true) });
    },
  },
  {
    name: 'control characters in a sender’s name, for logs and consoles',
    refusal: no('range'),
    attack: (scene) => scene.tap(cmd('fan', 101), { _from: '\u001b[2Jadmin\n{"level":"error"}\u202e' }),
  },
  {
    name: 'a sender’s name that looks like somebody else’s',
    refusal: { answer: no('range'), known: ['anna\\u2060'] },
    attack: async (scene) => {
      const answer = await scene.tap(cmd('fan', 102), { _from: 'anna\u2060' });
      const told = (await askControl(scene.rig.control, { op: 'audit' }))['commands'] as JsonObject[];
      return { answer, known: told.filter(({ wish }) => wish === '102').map(({ from }) => from) };
    },
  },
  {
    name: 'a sender’s name of a hundred thousand letters',
    refusal: no('too_large'),
    attack: (scene) => scene.tap(cmd('pump', true), { _from: 'x'.repeat(100_000) }),
  },
  {
    name: 'forty refusals at once, which must not fill the air, nor the log',
    refusal: { few: true, lines: 1 },
    attack: async (scene) => {
      const mallory = await scene.rig.phone(scene.stranger);
      const before = scene.lines;
      for (let i = 0; i < 40; i++) mallory.command(cmd('fan', 1_000 + i));
      await scene.passed(mallory);
      // Ten as commands, ten as refusals; those that are answered are remembered, whether they were said already or not.
      const told = (await askControl(scene.rig.control, { op: 'audit' }))['commands'] as JsonObject[];
      const answered = told.filter(({ from, code }) => from === mallory.name && code === 'range').length;
      const lines = scene.saidSince(before).filter((line) => line.startsWith('refused: ')).length;
      return { few: answered >= 10 && answered <= 30, answered, lines };
    },
  },
  {
    name: 'a repeat of a refused command as a good one',
    refusal: { first: no('range'), again: no('range') },
    attack: async (scene) => {
      const mallory = await scene.rig.phone(scene.stranger);
      const marks = { _cmd: 'the same' };
      mallory.send({ ...cmd('fan', 101), _from: mallory.name, ...marks });
      const ack = (frame: JsonObject) => frame['cmd_id'] === 'the same';
      const first = await scene.answerTo(mallory, ack);
      mallory.send({ ...cmd('fan', 50), _from: mallory.name, ...marks });
      await scene.passed(mallory);
      return { first, again: mallory.broadcasts.filter(ack).at(-1) };
    },
  },
  {
    name: 'a return with endless names and deep wishes',
    refusal: { ok: true },
    attack: async (scene) => {
      const mallory = await scene.rig.phone(scene.stranger);
      const deep = JSON.parse(`${'['.repeat(25)}${']'.repeat(25)}`);
      for (const from of ['x'.repeat(50_000), deep, null, 7, '__proto__']) {
        mallory.send({ msg_type: 'control_sync_request', from, dynamic: deep });
      }
      return await mallory.request('rig', 'rig.describe');
    },
  },
  routed('a write beyond the range, routed', 'rig.set', { dev: 'shed', point: 'fan', value: 101 }, no('range')),
  routed('a write to nobody, routed', 'rig.set', { dev: '__proto__', point: 'x', value: 1 }, no('unknown_point')),
  routed('a write that is a list, routed', 'rig.set', [1, 2, 3], no('unknown_point')),
  routed('a card of a prototype', 'rig.card', { id: '__proto__' }, { ok: false, error: 'no such device' }),
  routed('a card of an object', 'rig.card', { id: { toString: 1 } }, { ok: false, error: 'no such device' }),
  routed('a tab of the layout that is no number', 'rig.get_layout', { tab: { toString: 1 } }, { ok: true }),
  routed('the pairing data, which only the panel gives', 'panel.pairing', {}, { ok: false, error: 'unknown type' }),
  routed('a request named as a prototype', '__proto__', {}, { ok: false, error: 'unknown type' }),
  routed('a shell', 'rig.exec', { command: 'id' }, { ok: false, error: 'unknown type' }),
  routed('a file', 'rig.read_file', { path: '/etc/passwd' }, { ok: false, error: 'unknown type' }),
  routed('a description, for what it may give away', 'rig.describe', null, { ok: true }),
  routed('the layout, for what it may give away', 'rig.get_layout', null, { ok: true }),
];

describe('frames of members that mean harm', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token, config: { security: { phones: { looker: 'viewer' } } } });

  repelled(scene, FRAMES);

  it('leave the bridge to its owner', async () => {
    await expectOwned(scene());
  });
});
