import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/mesh/frame.js';
import { type Attack, repelled } from '../support/attack.js';
import { EVES_PUMP } from '../support/bridge-attacks.js';
import { eventually } from '../support/eventually.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { LyingRelay } from '../support/lying-relay.js';
import { sceneOf } from '../support/scene-of.js';
import { type ScriptedPeer, welcome } from '../support/scripted-relay.js';

const relay = new LyingRelay();

/** What ends the connection; the bridge says why, and comes back. */
function ended(name: string, end: (peer: ScriptedPeer) => void, said: string): Attack<HostileScene> {
  return {
    name,
    refusal: { said: true, back: true },
    attack: async (scene) => {
      const before = relay.bridge;
      const lines = scene.log.length;
      end(before);
      await eventually(() => before !== relay.bridge && scene.rig.bridge.mesh.ready).toBe(true);
      return { said: scene.log.slice(lines).some((line) => line.includes(said)), back: true };
    },
  };
}

/** A relay that takes the bridge in and refuses what it says, in words that are meant for the log. */
function refused(name: string, words: string): Attack<HostileScene> {
  return {
    name,
    refusal: { told: true, ready: true },
    attack: async (scene) => {
      // The log says it once for each connection.
      const before = relay.bridge;
      before.close(1001);
      await eventually(() => before !== relay.bridge && scene.rig.bridge.mesh.ready).toBe(true);
      const lines = scene.log.length;
      relay.refuses = words;
      const told = () => scene.log.slice(lines).some((line) => line.includes('refuses our broadcasts'));
      await eventually(told).toBe(true);
      relay.refuses = undefined;
      return { told: told(), ready: scene.rig.bridge.mesh.ready };
    },
  };
}

const ENDS: Attack<HostileScene>[] = [
  // What is no fault of the network is waited for longer each time: these first.
  ended('bytes that are no UTF-8', (peer) => peer.send(Buffer.from([0x22, 0xc3, 0x28, 0xff, 0x22])), 'UTF-8'),
  ended(
    'a frame in more parts than any needs',
    (peer) => {
      for (let i = 0; i < 100; i++) peer.sendPart('{');
    },
    'fragments',
  ),
  refused('the token and the room key in a refusal', `${CANARY.token} ${CANARY.roomKey}`),
  refused('colours for the terminal in a refusal', '\u001b[31mno\u202e'),
  ended('the token in the reason of a close', (peer) => peer.close(1012, CANARY.token), '1012'),
  ended('the room key in the reason of a close', (peer) => peer.close(1012, CANARY.roomKey), '1012'),
  ended('colours for the terminal in the reason of a close', (peer) => peer.close(1012, '\u001b[2J\u202eko'), '1012'),
  {
    name: 'a relay that takes the bridge in and never says so, but commands',
    refusal: { said: ['identify'], drops: { 'before-welcome': 2 }, ready: [false, true], scope: 'channel' },
    attack: async (scene) => {
      relay.parks = true;
      relay.bridge.close(1001);
      await eventually(() => relay.parked).toBeDefined();
      const began = { ...scene.rig.bridge.mesh.stats.dropped };
      const { peer, frame: asked } = relay.parked ?? { peer: relay.bridge, frame: undefined };
      peer.say('broadcast', EVES_PUMP);
      peer.say('rig.set', EVES_PUMP);
      await eventually(() => scene.dropsSince(began)['before-welcome']).toBe(2);
      const said = peer.frames.map(({ type }) => type);
      const before = scene.rig.bridge.mesh.ready;
      relay.parks = false;
      if (asked) welcome(peer, asked);
      await eventually(() => scene.rig.bridge.mesh.ready).toBe(true);
      const { broadcast_scope: scope } = (asked?.payload ?? {}) as JsonObject;
      return { said, drops: scene.dropsSince(began), ready: [before, true], scope };
    },
  },
];

describe('a relay in the hands of somebody else, which ends things', () => {
  const scene = sceneOf(relay.make, { token: CANARY.token, roomKey: CANARY.roomKey });

  repelled(scene, ENDS);

  it('has the bridge back each time, and nothing moved', () => {
    expect(scene().damageSoFar()).toEqual([]);
    expect(scene().rig.bridge.mesh.ready).toBe(true);
  });
});
