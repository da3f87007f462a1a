import { describe, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import { systemClock } from '../../src/system-clock.js';
import { type Attack, repelled } from '../support/attack.js';
import { cmd, no, tapped } from '../support/bridge-attacks.js';
import { eventually } from '../support/eventually.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { expectOwned, sceneOf } from '../support/scene-of.js';

const WISHES: Attack<HostileScene>[] = [
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
    name: 'an output armed at the panel, by somebody who calls himself that page',
    refusal: { armed: { ok: true }, ack: no('unarmed') },
    attack: async (scene) => {
      const armed = await scene.page.command({ ...cmd('heater', true), msg_type: 'rig.arm' });
      return { armed, ack: await scene.tap(cmd('heater', true), { _from: armed['to'] }) };
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
];

describe('wishes of members that mean harm', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token, config: { security: { phones: { looker: 'viewer' } } } });

  repelled(scene, WISHES);

  it('leave the bridge to its owner', async () => {
    await expectOwned(scene());
  });
});
