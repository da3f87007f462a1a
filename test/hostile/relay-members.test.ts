import { describe, it, vi } from 'vitest';
import { askControl } from '../../src/control/client.js';
import { type Attack, repelled } from '../support/attack.js';
import { cmd } from '../support/bridge-attacks.js';
import { controlWaits, QUICK } from '../support/control-waits.js';
import { eventually } from '../support/eventually.js';
import { CANARY, type HostileScene, RAW } from '../support/hostile-scene.js';
import { RawClient } from '../support/raw-client.js';
import { asked, lost, MEMBER, member, overheard } from '../support/relay-attacks.js';
import { embeddedRelay } from '../support/relays.js';
import { expectOwned, sceneOf } from '../support/scene-of.js';
import { maskedText, PONGS, socketFlood, upgradeOf } from '../support/socket-flood.js';

const PUMP = cmd('pump', true);
const VIEWER = { role: 'viewer' };
const broadcast = (value: string) => `{"id":"1","type":"broadcast_request","payload":${value},"reply_to":null}`;
const toBridge = ({ rig }: HostileScene) => ({ target_id: rig.bridge.mesh.relayId, type: 'rig.set', payload: PUMP });
const nested = (depth: number) => broadcast(`${'['.repeat(depth)}${']'.repeat(depth)}`);

/** Joins twice under a name that is meant for other people's screens, and asks the bridge who is there. */
function named(what: string, name: string): Attack<HostileScene> {
  return {
    name: `a name of ${what}`,
    refusal: { first: { code: 1000 }, code: 'no_phone', raw: false },
    attack: async (scene) => {
      const first = await member(scene, { name });
      const second = await member(scene, { name });
      const { code, message } = await askControl(scene.rig.control, { op: 'push', phone: 'nobody' });
      second.socket.terminate();
      return { first: await first.nextClose(), code, message, raw: RAW.test(String(message)) };
    },
  };
}

/** Verbs of older relays that reach everybody on the channel, under these types. */
const LEGACY: readonly [verb: string, type: string][] = [
  ['node_status', 'node_status'],
  ['service_log', 'service_log'],
  ['request_prediction', 'request_prediction'],
  ['prediction_result', 'prediction_result'],
  ['iCloud_data_Broadcast', 'iCloudListen'],
  ['place_visit_Broadcast', 'placeVisitListen'],
];

const ATTACKS: Attack<HostileScene>[] = [
  ...LEGACY.map(
    ([verb, type]): Attack<HostileScene> => ({
      name: `a command as what older relays pass on (${verb})`,
      refusal: { came: { msg_type: 'rig.cmd', point: 'pump' }, before: false },
      attack: async (scene) => {
        const client = await member(scene);
        client.ignore((frame) => frame.type !== type);
        client.frame(verb, { ...cmd('pump', true), _cmd: verb, _from: 'anna' });
        // It reaches its sender as it does the bridge.
        const { payload } = await client.next();
        await scene.ask('rig.get_state', null);
        client.socket.close();
        return { came: payload, before: scene.rig.bridge.store.point('shed', 'pump')?.value };
      },
    }),
  ),
  asked('a broadcast without the right', 'broadcast_request', () => PUMP, { error: 'broadcast not allowed' }, VIEWER),
  asked('a route without the right', 'route_msg', toBridge, { error: 'routing not allowed' }, VIEWER),
  asked(
    'a word to one without the right',
    'route_msg_noreply',
    () => ({ target_name: 'rig', type: 'rig.set', payload: PUMP }),
    { error: 'routing not allowed' },
    VIEWER,
  ),
  asked('a target named as a prototype', 'route_msg', () => ({ target_id: '__proto__' }), {
    error: 'Target not found',
  }),
  asked('a target that is a list', 'route_msg', ({ rig }) => ({ target_id: [rig.bridge.mesh.relayId] }), {
    error: 'Target not found',
  }),
  asked('names, without the right to look', 'get_nodes', () => null, { clients: [] }),
  asked(
    'a route to another channel',
    'route_msg',
    toBridge,
    { error: 'cross-channel route denied' },
    { channel: 'elsewhere' },
  ),
  lost('a frame in a thousand brackets', nested(1_000), 'too_deep'),
  lost('a frame in a hundred thousand brackets', nested(100_000), 'too_deep'),
  lost('a number that no receiver could read', broadcast('{"point":"fan","value":1E400}'), 'not_finite'),
  lost('such a number in a list in a list', broadcast('[[[-1e999]]]'), 'not_finite'),
  lost('not a number', broadcast('{"value":NaN}'), 'malformed'),
  lost('endlessness', broadcast('{"value":-Infinity}'), 'malformed'),
  lost('a list for a frame', '["broadcast_request"]', 'malformed'),
  lost('a type named as a prototype', '{"id":"1","type":"__proto__","payload":{}}', 'unknown_type'),
  lost('a type named as a constructor', '{"id":"1","type":"constructor","payload":{}}', 'unknown_type'),
  lost(
    'a broadcast without a request',
    `{"id":"1","type":"broadcast","payload":${JSON.stringify(PUMP)}}`,
    'unknown_type',
  ),
  lost('a second welcome for others', '{"id":"1","type":"welcome","payload":{"id":"x"}}', 'unknown_type'),
  lost(
    'an answer that nobody waits for',
    '{"id":"1","type":"rig.set","payload":{"ok":true},"reply_to":"guess"}',
    'stray_reply',
  ),
  lost('an answer to a list', '{"id":"1","type":"rig.set","payload":{"ok":true},"reply_to":["guess"]}', 'stray_reply'),
  named('a prototype', '__proto__'),
  named('nothing', ''),
  named('a zero byte', 'ri\u0000g'),
  named('Cyrillic letters', 'аnnа'),
  named('letters that run backwards', '\u202egir'),
  named('colours for the terminal', '\u001b[2J\u001b[31mrig'),
  {
    name: 'a megabyte of brackets, which takes long to understand',
    refusal: { next: 'pong', why: { too_deep: 1 }, understood: false },
    attack: async (scene) => {
      const client = await member(scene);
      const parse = vi.spyOn(JSON, 'parse');
      let next: unknown;
      const { why } = await overheard(scene, async () => {
        client.send('['.repeat(1_048_576));
        next = await client.ask('ping');
      });
      const understood = parse.mock.calls.some(([text]) => text.startsWith('[['));
      parse.mockRestore();
      client.socket.terminate();
      return { next, why, understood };
    },
  },
  {
    name: 'an answer to what somebody else was asked',
    refusal: { why: { stray_reply: 1 }, answer: 'the truth' },
    attack: async (scene) => {
      const { client: target, id: target_id } = await RawClient.join(scene.rig.relay.url, {
        ...MEMBER,
        name: scene.stranger,
        can_monitor: false,
      });
      target.ignore(({ type }) => type === 'broadcast');
      const [asker, liar] = [await member(scene), await member(scene)];
      const answer = asker.ask('route_msg', { target_id, type: 'how', payload: null });
      const question = await target.next();
      const { why } = await overheard(scene, async () => {
        liar.frame('how', 'a lie', question.id);
        await liar.sync();
      });
      target.frame('how', 'the truth', question.id);
      const got = { why, answer: await answer };
      for (const client of [target, asker, liar]) client.socket.terminate();
      return got;
    },
  },
  {
    name: 'a second identity',
    refusal: { code: 1008, reason: 'identify already processed' },
    attack: async (scene) => {
      const client = await member(scene);
      client.frame('identify', { ...MEMBER, name: 'another', role: 'dashboard' });
      return await client.nextClose();
    },
  },
  {
    name: 'listening from another channel, as one who may see all of them',
    refusal: { there: true, heard: [] },
    attack: async (scene) => {
      const { client } = await RawClient.join(scene.rig.relay.url, {
        ...MEMBER,
        name: scene.stranger,
        channel: 'elsewhere',
        can_monitor: true,
        broadcast_scope: 'global',
      });
      client.ignore(({ type }) => type !== 'broadcast');
      scene.anna.send({ msg_type: 'control_sync_request', from: 'anna' });
      const before = scene.anna.frames('rig.state').length;
      scene.anna.send({ msg_type: 'rig.poll' });
      await eventually(() => scene.anna.frames('rig.state').length).toBeGreaterThan(before);
      await client.sync();
      const heard = client.frames.filter((text) => text.includes('"_src"'));
      client.socket.terminate();
      return { there: true, heard };
    },
  },
  {
    name: 'somebody who does not read, so that the relay keeps it all',
    refusal: { stalled: 1, code: 1006, answer: 'pong' },
    attack: async (scene) => {
      const elsewhere = { channel: 'elsewhere', broadcast_scope: 'channel' };
      const stalled = await member(scene, elsewhere);
      stalled.socket.pause();
      const began = scene.rig.relay.counters['stalled'] ?? 0;
      const loud = await Promise.all(Array.from({ length: 8 }, () => member(scene, elsewhere)));
      for (const client of loud) client.ignore(() => true);
      const more = () => (scene.rig.relay.counters['stalled'] ?? 0) - began;
      const blob = broadcast(JSON.stringify('x'.repeat(500_000)));
      for (let i = 0; i < 20 && more() === 0; i++) {
        for (const client of loud) client.send(blob);
        await Promise.all(loud.map((client) => client.sync()));
      }
      await eventually(more).toBe(1);
      stalled.socket.resume();
      const { code } = await stalled.nextClose();
      const honest = await member(scene);
      const answer = await honest.ask('ping');
      for (const client of [...loud, honest]) client.socket.terminate();
      return { stalled: more(), code, answer };
    },
  },
];

const FLOOD: Attack<HostileScene> = {
  name: 'pongs without end, on several sockets',
  refusal: { ...QUICK, answer: 'pong' },
  attack: async (scene) => {
    const { port, host } = new URL(scene.rig.relay.url);
    const hellos = ['loud', 'louder', 'loudest'].map((name) =>
      maskedText(JSON.stringify({ id: '1', type: 'identify', payload: { ...MEMBER, name }, reply_to: null })),
    );
    const stop = await socketFlood({ port: Number(port), opening: upgradeOf('/', host), hellos, piece: PONGS });
    const waits = await controlWaits(scene.rig.control, 3_000);
    const honest = await member(scene);
    const answer = await honest.ask('ping');
    honest.socket.terminate();
    await stop();
    return { ...waits, answer };
  },
};

describe('a member of the embedded relay who means harm', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  repelled(scene, [...ATTACKS, FLOOD]);

  it('leaves the relay to the others', async () => {
    await expectOwned(scene());
  });
});
