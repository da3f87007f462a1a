import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { BridgeParts } from '../../src/bridge.js';
import { type Attack, repelled } from '../support/attack.js';
import { cmd, no, routed, tapped, unheard } from '../support/bridge-attacks.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { connectPhone } from '../support/phone.js';
import { embeddedRelay } from '../support/relays.js';
import { sceneOf } from '../support/scene-of.js';

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
  const scene = sceneOf(embeddedRelay, { open: true });

  repelled(scene, ANYBODY);

  it('may read all the same', async () => {
    expect(await scene().ask('rig.get_state', null)).toMatchObject({
      ok: true,
      devices: { shed: { health: 'online' } },
    });
  });
});

describe('anybody at all, on a relay without a token that the bridge leaves for one with a token', () => {
  const scene = sceneOf(embeddedRelay, { open: true });

  it('switches nothing on the way', async () => {
    const { rig, sketch } = scene();
    const { token } = CANARY;
    const next = await embeddedRelay({ token });
    const mallory = await rig.phone(scene().stranger);
    let moving = true;
    // The last words of the bridge wait behind the refusals, so that there is time for more.
    const tapping = (async () => {
      for (let n = 0; moving; n++) {
        mallory.send({ ...cmd('pump', true), _from: `mallory-${n % 40}`, _cmd: `${n}` });
        await pause(20);
      }
    })();
    const acks = () => mallory.broadcasts.filter((frame) => frame['msg_type'] === 'command_ack');
    await expect.poll(() => acks().length).toBeGreaterThan(10);
    const { parts } = rig.bridge as unknown as { parts: BridgeParts };
    const config = { ...parts.config, relay: { ...parts.config.relay, url: next.url, token } } as BridgeParts['config'];
    await rig.bridge.reload({ ...parts, config, relayUrl: next.url, token, openRelay: false });
    moving = false;
    await tapping;
    const obeyed = acks().filter(({ ok }) => ok === true);
    expect({ heard: sketch.heardBytes, obeyed }).toEqual({ heard: '', obeyed: [] });
    const anna = await connectPhone({ url: next.url, name: 'anna', channel: 'lab', token });
    await expect.poll(() => rig.bridge.mesh.ready).toBe(true);
    const tap = anna.command(cmd('pump', true));
    expect(await anna.waitFor(({ cmd_id }) => cmd_id === tap)).toMatchObject({ ok: true, value: true });
    await anna.close();
    await next.stop();
  });
});

describe('anybody at all, on a relay without a token that the bridge wanted to leave and did not', () => {
  const scene = sceneOf(embeddedRelay, { open: true });

  it('switches nothing, whichever config is read next', async () => {
    const { rig, sketch } = scene();
    const { token } = CANARY;
    const next = await embeddedRelay({ token });
    const mallory = await rig.phone(scene().stranger);
    const { parts } = rig.bridge as unknown as { parts: BridgeParts };
    const config = { ...parts.config, relay: { ...parts.config.relay, url: next.url, token } } as BridgeParts['config'];
    const change = { ...parts, config, relayUrl: next.url, token, openRelay: false };
    const { fleet } = rig.bridge;
    const prepare = fleet.prepare.bind(fleet);
    fleet.prepare = () => () => Promise.reject(new Error('a device does not let go of its port'));
    await expect(rig.bridge.reload(change)).rejects.toThrow('does not let go');
    fleet.prepare = (wishes) => {
      mallory.send({ ...cmd('pump', true), _from: 'mallory', _cmd: 'again' });
      const take = prepare(wishes);
      return async () => {
        await mallory.waitFor(({ cmd_id }) => cmd_id === 'again');
        return await take();
      };
    };
    const publish = { ...config.publish, maxHz: 4 };
    await rig.bridge.reload({ ...change, config: { ...config, publish } });
    const ack = mallory.broadcasts.find(({ cmd_id }) => cmd_id === 'again');
    expect({ heard: sketch.heardBytes, ack }).toMatchObject({ heard: '', ack: { ok: false, code: 'open_relay' } });
    await expect.poll(() => rig.bridge.mesh.url).toBe(next.url);
    await next.stop();
  });
});
