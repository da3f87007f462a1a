import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import { roomCipher } from '../../src/mesh/e2ee.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';
import { type Attack, repelled } from '../support/attack.js';
import { eventually } from '../support/eventually.js';
import { CANARY, HostileScene } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';

const cmd = (point: string, value: unknown, more: JsonObject = {}): JsonObject => ({
  msg_type: 'rig.cmd',
  dev: 'shed',
  point,
  value,
  ...more,
});
const no = (code: string) => ({ ok: false, code });
const SILENCE = { silence: true };

/** A command that somebody on the channel broadcasts, and the code that it is refused with. */
function tapped(name: string, payload: JsonObject, code: string, marks: JsonObject = {}): Attack<HostileScene> {
  return { name, attack: (scene) => scene.tap(payload, marks), refusal: no(code) };
}

/** A broadcast that is none of the bridge's business, whatever it looks like. */
function unheard(name: string, payload: JsonObject, marks: JsonObject = {}): Attack<HostileScene> {
  return { name, attack: (scene) => scene.tap(payload, marks), refusal: SILENCE };
}

/** A request that somebody routes to the bridge. */
function routed(name: string, type: string, payload: unknown, refusal: object): Attack<HostileScene> {
  return { name, attack: (scene) => scene.ask(type, payload), refusal };
}

const MEMBERS: Attack<HostileScene>[] = [
  tapped('a point that is not there', cmd('laser', true), 'unknown_point'),
  tapped('a point named as a prototype', cmd('__proto__', true), 'unknown_point'),
  tapped('a point named as a constructor', cmd('constructor', true), 'unknown_point'),
  tapped('a point written with a Cyrillic letter', cmd('рump', true), 'unknown_point'),
  tapped('a point in capitals', cmd('PUMP', true), 'unknown_point'),
  tapped('a point with a zero byte behind it', cmd('pump\u0000', true), 'unknown_point'),
  tapped('a point with colours for the terminal', cmd('\u001b[2J\u001b[31mpump', true), 'unknown_point'),
  tapped('a point with text that runs backwards', cmd('\u202epmup', true), 'unknown_point'),
  tapped('a sensor', cmd('temp', 5), 'read_only'),
  tapped('a number below the least', cmd('fan', -0.001), 'range'),
  tapped('a number above the most', cmd('fan', 100.001), 'range'),
  tapped('a huge number', cmd('fan', 1e308), 'range'),
  tapped('a number as text that is too large for one', cmd('fan', '1e999'), 'type'),
  tapped('not a number, as text', cmd('fan', 'NaN'), 'type'),
  tapped('endlessness as text', cmd('fan', 'Infinity'), 'type'),
  tapped('a hexadecimal number', cmd('fan', '0x10'), 'type'),
  tapped('a number in other digits', cmd('fan', '٤٠'), 'type'),
  tapped('a number in wide digits', cmd('fan', '４０'), 'type'),
  tapped('an empty number', cmd('fan', ''), 'type'),
  tapped('a truth for a number', cmd('fan', true), 'type'),
  tapped('a list for a number', cmd('fan', [40]), 'type'),
  tapped('a word that means true elsewhere', cmd('pump', 'on'), 'type'),
  tapped('a truth in capitals', cmd('pump', 'TRUE'), 'type'),
  tapped('a number that is neither on nor off', cmd('pump', 2), 'type'),
  tapped('a wish to toggle', cmd('pump', 'toggle'), 'type'),
  tapped('nothing as a value', cmd('pump', null), 'type'),
  tapped('no value', { msg_type: 'rig.cmd', dev: 'shed', point: 'pump' }, 'type'),
  tapped('an object of which no text can be made', cmd('sign', { toString: 1, valueOf: 1 }), 'type'),
  tapped('a second line in a text', cmd('sign', 'hello\nPUMP on'), 'type'),
  tapped('a carriage return in a text', cmd('sign', 'hello\rPUMP on'), 'type'),
  tapped('an escape in a text', cmd('sign', '\u001b]0;owned\u0007'), 'type'),
  tapped('a text that runs backwards', cmd('sign', 'safe \u202eno pmup'), 'type'),
  tapped('a text that is too long', cmd('sign', 'x'.repeat(201)), 'type'),
  tapped('an option that is not there', cmd('mode', 'turbo'), 'type'),
  tapped('an option that every list has', cmd('mode', 'length'), 'type'),
  tapped('a second line in an option', cmd('mode', 'full\nPUMP on'), 'type'),
  tapped('a pulse of no length', cmd('pump', undefined, { pulse_ms: 0 }), 'range'),
  tapped('a pulse of a day', cmd('pump', undefined, { pulse_ms: 86_400_000 }), 'range'),
  tapped('a pulse with half a millisecond', cmd('pump', undefined, { pulse_ms: 1.5 }), 'type'),
  tapped('a pulse with a command behind it', cmd('pump', undefined, { pulse_ms: '10; reboot' }), 'type'),
  tapped('a pulse of a number', cmd('fan', undefined, { pulse_ms: 10 }), 'type'),
  tapped('a pulse and a value', cmd('pump', true, { pulse_ms: 10 }), 'type'),
  tapped('a command of many kilobytes', cmd('pump', true, { padding: 'x'.repeat(5_000) }), 'too_large'),
  tapped(
    'a command that hides in a large one',
    cmd('pump', true, { a: Array.from({ length: 3_000 }, () => 0) }),
    'too_large',
  ),
  tapped('a recording of three minutes ago', cmd('pump', true), 'expired', { _ts: Date.now() - 180_000 }),
  tapped('a command from the future', cmd('pump', true), 'expired', { _ts: Date.now() + 300_000 }),
  tapped('an output that has to be armed first', cmd('heater', true), 'unarmed'),
  tapped('an output that nobody can arm', { ...cmd('pump', true), msg_type: 'rig.arm' }, 'read_only'),
  tapped('a phone that may only look', cmd('pump', true), 'role', { _from: 'looker' }),
  tapped('a phone that may only look, and would reset the stop', { msg_type: 'rig.estop_reset' }, 'role', {
    _from: 'looker',
  }),
  {
    name: 'an output armed by somebody else',
    refusal: { armed: { ok: true }, ack: no('unarmed') },
    attack: async (scene) => {
      const armed = await scene.tapAs(scene.anna, { ...cmd('heater', true), msg_type: 'rig.arm' });
      return { armed, ack: await scene.tap(cmd('heater', true)) };
    },
  },
  {
    name: 'a board that just came',
    refusal: { ...no('unapproved'), asked: { error: 'unknown type' } },
    attack: async (scene) => {
      scene.rig.usb.plug('ttyUSB9', new BoardSimulator(systemClock(), 7, { identity: { id: 'newcomer' } }));
      await eventually(() => scene.rig.bridge.store.health('newcomer')).toBe('unapproved');
      const asked = await scene.ask('rig.approve', { device: 'newcomer' });
      return { ...(await scene.tap({ ...cmd('pump', true), dev: 'newcomer' })), asked };
    },
  },
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
    name: 'a sender’s name of a hundred thousand letters',
    refusal: no('too_large'),
    attack: (scene) => scene.tap(cmd('pump', true), { _from: 'x'.repeat(100_000) }),
  },
  {
    name: 'forty refusals at once, which must not fill the air',
    refusal: { ok: false, code: 'range', few: true },
    attack: async (scene) => {
      const mallory = await scene.rig.phone(scene.stranger);
      for (let i = 0; i < 40; i++) mallory.command(cmd('fan', 1_000 + i));
      await scene.passed(mallory);
      const few = mallory.frames('command_ack').filter(({ to }) => to === mallory.name).length <= 12;
      return { ...(await scene.tap(cmd('fan', 101))), few };
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

describe('members of a relay with a token who mean harm', () => {
  let scene: HostileScene;
  beforeAll(async () => {
    const security = { phones: { looker: 'viewer' } };
    scene = await HostileScene.open(embeddedRelay, { token: CANARY.token, config: { security } });
  });
  afterAll(() => scene.close());

  repelled(() => scene, MEMBERS);

  it('leave the bridge to its owner', async () => {
    // Nothing that came late is in it, either.
    expect(scene.damageSoFar()).toEqual([]);
    expect(await scene.honestTap()).toEqual({ ok: true, value: true, heard: 'PUMP on\n' });
  });
});

const ANYBODY: Attack<HostileScene>[] = [
  tapped('a command', cmd('pump', true), 'open_relay'),
  tapped('a command in the name of the panel', cmd('pump', true), 'open_relay', { _from: 'panel-1' }),
  tapped('a command in the name of the command line', cmd('pump', true), 'open_relay', { _from: 'command line' }),
  tapped('a command that says that it is local', cmd('pump', true, { via: 'local', _via: 'local' }), 'open_relay'),
  tapped('a command to the safe value', cmd('pump', false), 'open_relay'),
  tapped('a release of the emergency stop', { msg_type: 'rig.estop_reset' }, 'open_relay'),
  tapped('an arming', { ...cmd('heater', true), msg_type: 'rig.arm' }, 'open_relay'),
  unheard('a held button', { ...cmd('heater', true), msg_type: 'rig.hold', held: true }),
  routed('a routed write', 'rig.set', { dev: 'shed', point: 'pump', value: true }, no('open_relay')),
  unheard('a sealed command without a key', { e2ee: 2, s: 'AAAAAAAAAAAAAAAAAAAAAA==', n: 0, ct: 'A'.repeat(64) }),
  {
    name: 'rights that somebody gives himself',
    refusal: no('open_relay'),
    attack: async (scene) => {
      const rights = { role: 'hub', admin: true, can_command: true, broadcast_scope: 'global' };
      const mallory = await scene.rig.phone(scene.stranger, rights);
      return await scene.tapAs(mallory, cmd('pump', true), { role: 'operator', _role: 'admin' });
    },
  },
  {
    name: 'a command from another channel, by somebody who reaches all',
    refusal: no('open_relay'),
    attack: async (scene) => {
      const mallory = await scene.rig.phone(scene.stranger, {
        channel: 'elsewhere',
        can_cross_channel_route: true,
        broadcast_scope: 'global',
      });
      mallory.send({ ...cmd('pump', true), _cmd: 'far', _from: mallory.name });
      return await scene.anna.waitFor((frame) => frame['msg_type'] === 'command_ack' && frame['cmd_id'] === 'far');
    },
  },
];

describe('anybody at all, on a relay without a token', () => {
  let scene: HostileScene;
  beforeAll(async () => {
    scene = await HostileScene.open(embeddedRelay, { open: true });
  });
  afterAll(() => scene.close());

  repelled(() => scene, ANYBODY);

  it('may read all the same', async () => {
    expect(await scene.ask('rig.get_state', null)).toMatchObject({ ok: true, devices: { shed: { health: 'online' } } });
  });
});
