import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { JsonObject } from '../../src/mesh/frame.js';
import { type Attack, repelled } from '../support/attack.js';
import { eventually } from '../support/eventually.js';
import { CANARY, HostileScene } from '../support/hostile-scene.js';
import { ask } from '../support/page-client.js';
import { RawClient } from '../support/raw-client.js';
import { embeddedRelay } from '../support/relays.js';

const PUMP: JsonObject = { msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true };
const MEMBER = { channel: 'lab', role: 'mobile', token: CANARY.token };
const CLOSED = { code: 1000 };
const NOTHING = { frames: [] };

/** What a client without a welcome sends, and how it is closed. */
function hungUp(name: string, send: (client: RawClient) => void, refusal: object, headers = {}): Attack<HostileScene> {
  return {
    name,
    refusal,
    attack: async ({ rig }) => {
      const client = await RawClient.connect(rig.relay.url, headers);
      send(client);
      return await client.nextClose();
    },
  };
}

/** What a client without a welcome sends and gets no answer to. */
function ignored(name: string, send: (client: RawClient) => void, path = ''): Attack<HostileScene> {
  return {
    name,
    refusal: NOTHING,
    attack: async ({ rig }) => {
      const client = await RawClient.connect(`${rig.relay.url}${path}`);
      send(client);
      await client.sync();
      client.socket.terminate();
      return { frames: client.frames };
    },
  };
}

/** What a member sends, and what comes back. */
function asked(name: string, type: string, payload: unknown, refusal: object, rights = {}): Attack<HostileScene> {
  return {
    name,
    refusal,
    attack: async (scene) => {
      const client = await member(scene, rights);
      const answer = await client.ask(type, payload);
      client.socket.terminate();
      return answer;
    },
  };
}

/** What a member sends in vain: the relay goes on as if nothing had been. */
function lost(name: string, text: string): Attack<HostileScene> {
  return {
    name,
    refusal: { next: 'pong' },
    attack: async (scene) => {
      const client = await member(scene);
      client.send(text);
      const next = await client.ask('ping');
      client.socket.terminate();
      return { next };
    },
  };
}

async function member(scene: HostileScene, rights = {}): Promise<RawClient> {
  const identity = { ...MEMBER, name: scene.stranger, can_monitor: false, ...rights };
  const { client } = await RawClient.join(scene.rig.relay.url, identity);
  client.ignore(({ type }) => type === 'broadcast');
  return client;
}

/** Sends bytes as somebody who speaks no WebSocket; resolves with what came until the end. */
function bytes(url: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let heard = '';
    socket.on('data', (data) => {
      heard += String(data);
    });
    socket.on('error', () => {}); // the close that follows tells
    socket.on('close', () => resolve(heard));
    socket.write(text);
  });
}

const identify = (wish: unknown) => (client: RawClient) => void client.frame('identify', wish);
const broadcast = (value: string) => `{"id":"1","type":"broadcast_request","payload":${value},"reply_to":null}`;

const ATTACKS: Attack<HostileScene>[] = [
  hungUp('no token', identify({ name: 'm' }), CLOSED),
  hungUp('an empty token', identify({ name: 'm', token: '' }), CLOSED),
  hungUp('the beginning of the token', identify({ name: 'm', token: CANARY.token.slice(0, -1) }), CLOSED),
  hungUp('the token with more behind it', identify({ name: 'm', token: `${CANARY.token}x` }), CLOSED),
  hungUp('the token in capitals', identify({ name: 'm', token: CANARY.token.toUpperCase() }), CLOSED),
  hungUp('the token in a list', identify({ name: 'm', token: [CANARY.token] }), CLOSED),
  hungUp('true for a token', identify({ name: 'm', token: true }), CLOSED),
  hungUp('an object for a token', identify({ name: 'm', token: { toString: 1 } }), CLOSED),
  hungUp('a token of half a megabyte', identify({ name: 'm', token: 'x'.repeat(500_000) }), { code: 1009 }),
  hungUp('a megabyte of brackets', (client) => client.send('['.repeat(1_048_576)), { code: 1009 }),
  hungUp('a name that is too long', identify({ ...MEMBER, name: 'x'.repeat(101) }), { code: 1008 }),
  hungUp('a channel that is too long', identify({ ...MEMBER, name: 'm', channel: 'x'.repeat(9_000) }), { code: 1008 }),
  hungUp(
    'a page of another site that begins as ours',
    () => {},
    { code: 1008 },
    { origin: 'http://localhost.evil.example' },
  ),
  hungUp('a page of a sandbox', () => {}, { code: 1008 }, { origin: 'null' }),
  hungUp('a page of another port', () => {}, { code: 1008 }, { origin: 'http://localhost:9999' }),
  hungUp('a frame of more than a megabyte', (client) => client.send('x'.repeat(1_048_577)), { code: 1009 }),
  hungUp('bytes that are no text', (client) => client.send(Buffer.from([0xff, 0xfe, 0xfd])), { code: 1011 }),
  hungUp(
    'more frames than a client may send',
    (client) => client.sendTogether(Array.from({ length: 51 }, () => '{}')),
    { code: 1008, reason: 'Rate limit exceeded' },
  ),
  ignored('a command before it is said who sends it', (client) => client.frame('broadcast_request', PUMP)),
  ignored('the token in the address', (client) => client.frame('broadcast_request', PUMP), '/?token=guess'),
  ignored('a question for everybody’s names', (client) => client.frame('get_nodes')),
  ignored('a routed command before it is said who sends it', (client) =>
    client.frame('route_msg_noreply', { target_name: 'rig', type: 'rig.set', payload: PUMP }),
  ),
  ignored('a status of a stranger', (client) => client.frame('node_status', { status: 'on fire' })),
  ignored('a log line of a stranger', (client) => client.frame('service_log', { text: 'all is well' })),
  ignored('a forged welcome', (client) => client.frame('welcome', { id: 'x', name: 'rig' })),
  ignored('an identity that is a list', identify([])),
  asked(
    'a broadcast without the right',
    'broadcast_request',
    PUMP,
    { error: 'broadcast not allowed' },
    { role: 'viewer' },
  ),
  asked(
    'a route without the right',
    'route_msg',
    { target_id: 'x' },
    { error: 'Target not found' },
    { role: 'viewer' },
  ),
  asked('a target named as a prototype', 'route_msg', { target_id: '__proto__' }, { error: 'Target not found' }),
  asked('names, without the right to look', 'get_nodes', null, { clients: [] }),
  lost('a frame in a thousand brackets', broadcast(`${'['.repeat(1_000)}${']'.repeat(1_000)}`)),
  lost('a frame in a hundred thousand brackets', broadcast(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)),
  lost(
    'a number that no receiver could read',
    broadcast('{"msg_type":"rig.cmd","dev":"shed","point":"fan","value":1E400}'),
  ),
  lost('not a number', broadcast('{"value":NaN}')),
  lost('a type named as a prototype', '{"id":"1","type":"__proto__","payload":{}}'),
  lost('a type named as a constructor', '{"id":"1","type":"constructor","payload":{}}'),
  lost('an answer that nobody waits for', '{"id":"1","type":"rig.set","payload":{"ok":true},"reply_to":"guess"}'),
  lost(
    'a command with a prototype in it',
    broadcast('{"__proto__":{"msg_type":"rig.cmd","dev":"shed","point":"pump","value":true}}'),
  ),
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
    name: 'a route to another channel',
    refusal: { error: 'cross-channel route denied' },
    attack: async (scene) => {
      const { client } = await RawClient.join(scene.rig.relay.url, {
        ...MEMBER,
        name: scene.stranger,
        channel: 'x',
        can_monitor: false,
      });
      const id = scene.rig.bridge.mesh.relayId;
      return await client.ask('route_msg', { target_id: id, type: 'rig.set', payload: PUMP });
    },
  },
  {
    name: 'an address of its own for each of many sockets, in a header',
    refusal: { answer: 'pong', crowd: true, bridge: true },
    attack: async (scene) => {
      // Together, as those who don't say who they are stay for a few seconds only.
      const headers = (i: number) => ({ 'x-forwarded-for': `10.0.0.${i}`, 'x-real-ip': `10.0.0.${i}` });
      const opening = Array.from({ length: 70 }, (_, i) => RawClient.connect(scene.rig.relay.url, headers(i)));
      const clients = await Promise.all(opening);
      // Those who said who they are stay, and whoever has the token still comes in.
      const open = () => clients.filter(({ closed }) => closed === undefined).length;
      await eventually(open).toBeLessThan(64);
      const honest = await member(scene);
      const answer = await honest.ask('ping');
      for (const { socket } of [...clients, honest]) socket.terminate();
      await Promise.all(clients.map((client) => client.nextClose()));
      return { answer, crowd: clients.some(({ closed }) => closed !== undefined), bridge: scene.rig.bridge.mesh.ready };
    },
  },
  {
    name: 'compression, which could blow up',
    refusal: { extensions: '' },
    attack: async ({ rig }) => {
      const socket = new WebSocket(rig.relay.url, { perMessageDeflate: true });
      await new Promise((resolve) => socket.on('open', resolve));
      const { extensions } = socket;
      socket.terminate();
      return { extensions };
    },
  },
  {
    name: 'a browser that asks for a page',
    refusal: { status: 426, body: 'This port speaks WebSocket only.\n' },
    attack: ({ rig }) => ask(rig.relay.url.replace('ws:', 'http:')),
  },
  {
    name: 'two requests in the clothes of one',
    refusal: { said: expect.stringMatching(/^HTTP\/1\.1 400 /) },
    attack: async ({ rig }) => {
      const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n';
      return { said: await bytes(rig.relay.url, `${head}0\r\n\r\nGET / HTTP/1.1\r\n\r\n`) };
    },
  },
  {
    name: 'a client that never says who it is, and one that never ends its request',
    refusal: { silent: CLOSED, slow: expect.stringMatching(/^(HTTP\/1\.1 408 .*)?$/s) },
    attack: async ({ rig }) => {
      const client = await RawClient.connect(rig.relay.url);
      const slow = bytes(rig.relay.url, 'GET / HTTP/1.1\r\nHost: x\r\nX-A: ');
      return { silent: await client.nextClose(), slow: await slow };
    },
  },
];

describe('a client of the embedded relay that means harm', () => {
  let scene: HostileScene;
  beforeAll(async () => {
    scene = await HostileScene.open(embeddedRelay, { token: CANARY.token });
  });
  afterAll(() => scene.close());

  repelled(() => scene, ATTACKS);

  it('leaves the relay to its members', async () => {
    // Nothing that came late is in it, either.
    expect(scene.damageSoFar()).toEqual([]);
    expect(await scene.honestTap()).toEqual({ ok: true, value: true, heard: 'PUMP on\n' });
  });
});
