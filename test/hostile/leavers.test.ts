import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Attack, repelled } from '../support/attack.js';
import { cmd } from '../support/bridge-attacks.js';
import { eventually } from '../support/eventually.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { sceneOf } from '../support/scene-of.js';

/** Switches as somebody honest; what follows counts as harm only where an output stays on. */
async function switchedOn(scene: HostileScene, point: string): Promise<unknown> {
  await eventually(() => scene.rig.bridge.mesh.ready).toBe(true);
  const _cmd = scene.anna.command(cmd(point, true));
  return (await scene.anna.waitFor(({ cmd_id }) => cmd_id === _cmd))['ok'];
}

async function wentOff(scene: HostileScene, point: string): Promise<boolean> {
  await eventually(() => scene.sketch.output(point)).toBe(false);
  scene.rebase();
  return true;
}

const LEAVERS: Attack<HostileScene>[] = [
  {
    name: 'a button that somebody holds, who then is gone without a word',
    refusal: { ack: { ok: true, value: true }, off: true },
    attack: async (scene) => {
      const mallory = await scene.rig.phone(scene.stranger);
      const _cmd = mallory.command(cmd('jog', true));
      const ack = await mallory.waitFor(({ cmd_id }) => cmd_id === _cmd);
      mallory.send({ ...cmd('jog', undefined), msg_type: 'rig.hold', held: true, _from: mallory.name });
      await mallory.close();
      return { ack, off: await wentOff(scene, 'jog') };
    },
  },
  {
    name: 'a button of somebody else, held in one’s own name',
    refusal: { on: true, off: true },
    attack: async (scene) => {
      const mallory = await scene.rig.phone(scene.stranger);
      const on = await switchedOn(scene, 'jog');
      const hold = { ...cmd('jog', undefined), msg_type: 'rig.hold', held: true, _from: mallory.name };
      // Often enough for a lease of 750 ms, if it counted.
      for (let i = 0; i < 20 && scene.sketch.output('jog') !== false; i++) {
        mallory.send(hold);
        await pause(100);
      }
      expect(scene.sketch.output('jog')).toBe(false);
      await mallory.close();
      return { on, off: await wentOff(scene, 'jog') };
    },
  },
  {
    name: 'somebody who takes the bridge’s name, so that nobody can switch off what is on',
    refusal: { on: true, off: true, told: true },
    attack: async (scene) => {
      const on = await switchedOn(scene, 'pump');
      const impostor = await scene.rig.phone('rig');
      const off = await wentOff(scene, 'pump');
      const told = scene.log.some((line) => line.includes('no relay: put to its safe value'));
      await impostor.close();
      return { on, off, told };
    },
  },
  {
    name: 'a war for the bridge’s name',
    refusal: { told: true, fights: expect.any(Number) },
    attack: async (scene) => {
      const told = () => scene.log.some((line) => line.includes('mesh/name-war'));
      let fights = 0;
      // Soon it comes back rarely, instead of fighting for ever.
      for (; fights < 6 && !told(); fights++) {
        await eventually(() => scene.rig.bridge.mesh.ready).toBe(true);
        const impostor = await scene.rig.phone('rig');
        await eventually(() => scene.rig.bridge.mesh.ready).toBe(false);
        await impostor.close();
      }
      expect(fights).toBeLessThanOrEqual(4);
      return { told: told(), fights };
    },
  },
];

describe('members who leave, or make the bridge leave', () => {
  const scene = sceneOf(embeddedRelay, {
    token: CANARY.token,
    config: { safety: { relayGrace: '300ms' } },
  });

  repelled(scene, LEAVERS);

  it('leave nothing on', () => {
    expect(scene().damageSoFar()).toEqual([]);
  });
});
