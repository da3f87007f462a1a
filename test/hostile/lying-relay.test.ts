import { describe, expect, it } from 'vitest';
import { askControl } from '../../src/control/client.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { type Attack, repelled } from '../support/attack.js';
import { droppedAs, EVES_PUMP } from '../support/bridge-attacks.js';
import { controlWaits, QUICK } from '../support/control-waits.js';
import { eventually } from '../support/eventually.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { LyingRelay } from '../support/lying-relay.js';
import { sceneOf } from '../support/scene-of.js';

const relay = new LyingRelay();

/** A frame that the relay invents, and why the bridge drops it. */
const dropped = (name: string, text: string, why: string) => droppedAs(name, why, () => relay.bridge.send(text));

/** A request that the relay invents, and what it is answered. */
function asked(name: string, type: string, payload: unknown, refusal: object): Attack<HostileScene> {
  return {
    name,
    refusal,
    attack: async () => {
      const id = relay.bridge.say(type, payload);
      const answer = () => relay.bridge.frames.find(({ reply_to }) => reply_to === id)?.payload;
      await eventually(answer).toBeDefined();
      return answer();
    },
  };
}

const frame = (type: string, payload: string, more = '') => `{"id":"1","type":"${type}","payload":${payload}${more}}`;
const pump = JSON.stringify(EVES_PUMP);

const LIES: Attack<HostileScene>[] = [
  dropped('a command as an answer', frame('rig.set', pump, ',"reply_to":"guess"'), 'stray-reply'),
  dropped('a command as an answer to a number', frame('broadcast', pump, ',"reply_to":7'), 'stray-reply'),
  dropped('a second welcome', frame('welcome', '{"id":"x","name":"other"}'), 'second-welcome'),
  dropped('a command that nobody passed on', frame('broadcast_request', pump), 'unknown-type'),
  dropped('a command in a fan-out of older relays', frame('iCloudListen', pump), 'unknown-type'),
  dropped('a command as an error', frame('error', pump), 'unknown-type'),
  dropped('not a number in a command', frame('broadcast', pump.replace('true', 'NaN')), 'json'),
  dropped('half a command', frame('broadcast', pump).slice(0, -9), 'json'),
  dropped(
    'a command in thirty-three brackets',
    frame('broadcast', `${'['.repeat(32)}${pump}${']'.repeat(32)}`),
    'too-deep',
  ),
  dropped('a megabyte of brackets', '['.repeat(1_000_000), 'too-deep'),
  dropped('more than a megabyte', frame('broadcast', `{"a":"${'x'.repeat(1_048_576)}"}`), 'too-large'),
  dropped('a list of commands', frame('broadcast', `[${pump}]`), 'not-an-object'),
  dropped('a command as text', frame('broadcast', JSON.stringify(pump)), 'not-an-object'),
  dropped('a frame without a type', `{"id":"1","payload":${pump}}`, 'not-a-frame'),
  dropped('a frame whose type is a list', `{"id":"1","type":["broadcast"],"payload":${pump}}`, 'not-a-frame'),
  dropped('a plain envelope', frame('broadcast', '{"e2ee":2,"s":"","n":0,"ct":""}'), 'undecryptable'),
  asked('a plain write', 'rig.set', EVES_PUMP, { e2ee: 2 }),
  asked('a request named as a prototype', '__proto__', EVES_PUMP, { e2ee: 2 }),
  asked('a shell', 'rig.exec', { command: 'id' }, { e2ee: 2 }),
  {
    name: 'a plain command, as if from a member',
    refusal: { code: 'plaintext', ok: false, via: 'plain' },
    attack: async (scene) => {
      relay.bridge.say('broadcast', EVES_PUMP);
      const told = async () => (await askControl(scene.rig.control, { op: 'audit' }))['commands'] as JsonObject[];
      const last = async () => (await told()).at(-1);
      await eventually(last).toMatchObject({ from: 'eve' });
      return await last();
    },
  },
  asked('a request in colours for the terminal', '\u001b[2J\u202ergi', EVES_PUMP, { e2ee: 2 }),
  {
    name: 'a list of names that is none',
    refusal: { ready: true },
    attack: async (scene) => {
      const bridge = relay.bridge;
      bridge.say('server_client_list', { clients: [null, 7, { name: '\u001b[2J' }, { name: { toString: 1 } }] });
      await bridge.sync();
      return { ready: scene.rig.bridge.mesh.ready };
    },
  },
  {
    name: 'frames of a megabyte without a pause',
    refusal: { ...QUICK, read: true, ready: true },
    attack: async (scene) => {
      const { mesh } = scene.rig.bridge;
      const began = mesh.stats.bytesIn;
      const stop = relay.bridge.flood(frame('broadcast', `[${'{"a":1},'.repeat(125_000)}1]`));
      const waits = await controlWaits(scene.rig.control, 3_000);
      const bytes = mesh.stats.bytesIn - began;
      stop();
      // What was sent is read to the end.
      await relay.bridge.sync();
      return { ...waits, read: bytes > 2e6 && bytes < 10e6, ready: mesh.ready };
    },
  },
  dropped('a type that is the token', `{"type":"${CANARY.token}","payload":{}}`, 'unknown-type'),
  dropped('the room key instead of JSON', `{${CANARY.roomKey}`, 'json'),
  dropped('a token in what would be an answer', frame('error', `"${CANARY.token}"`), 'unknown-type'),
  asked('a request that is the token', CANARY.token, {}, { e2ee: 2 }),
];

describe('a relay in the hands of somebody else', () => {
  const scene = sceneOf(relay.make, { token: CANARY.token, roomKey: CANARY.roomKey });

  repelled(scene, LIES);

  it('hears what it needs to let the bridge in, and nothing plain', () => {
    expect(scene().damageSoFar()).toEqual([]);
    const said = relay.bridge.sent('broadcast_request');
    expect(said.length).toBeGreaterThan(3);
    for (const { payload } of said) expect(Object.keys(payload as JsonObject).sort()).toEqual(['ct', 'e2ee', 'n', 's']);
  });
});
