import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { drivers } from '../../devices/index.js';
import { parseConfig } from '../../src/config/load.js';
import type { BridgeError } from '../../src/error.js';
import { EmbeddedRelay } from '../../src/relay/relay.js';
import { systemClock } from '../../src/system-clock.js';
import { type Attack, repelled } from '../support/attack.js';
import { eventually } from '../support/eventually.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { ask } from '../support/page-client.js';
import { bytes, MEMBER, member } from '../support/relay-attacks.js';
import { directRelay } from '../support/relays.js';
import { expectOwned, sceneOf } from '../support/scene-of.js';

const UPGRADE =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

/** Resolves once the connection is there, or is gone again already. */
function knock(url: string, say = '', localAddress = '127.0.0.1'): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', localAddress });
    socket.on('connect', () => socket.write(say, () => resolve(socket)));
    socket.on('error', () => {}); // the close that follows tells
    socket.on('close', () => resolve(socket));
    socket.resume();
  });
}

/** Resolves once a WebSocket is open, or is gone again already. */
function knockAs(url: string, headers: Record<string, string>, localAddress = '127.0.0.1'): Promise<WebSocket> {
  const socket = new WebSocket(url, { headers, localAddress, perMessageDeflate: false });
  return new Promise((resolve) => {
    socket.on('open', () => resolve(socket));
    socket.on('error', () => {}); // the close that follows tells
    socket.on('close', () => resolve(socket));
  });
}

type Knock = (url: string, i: number) => Promise<Socket | WebSocket>;

/** Many connections at once in front of a door, and what somebody who is welcome there gets all the same. */
function crowd(
  name: string,
  {
    size,
    door,
    knock,
    welcome,
    refusal,
  }: {
    size: number;
    door: (scene: HostileScene) => string;
    knock: Knock;
    welcome: (scene: HostileScene) => Promise<unknown>;
    refusal: unknown;
  },
): Attack<HostileScene> {
  return {
    name,
    refusal: { got: refusal, bridge: true, page: true },
    attack: async (scene) => {
      const url = door(scene);
      const crowd = await Promise.all(Array.from({ length: size }, (_, i) => knock(url, i)));
      const got = await welcome(scene);
      for (const each of crowd) 'terminate' in each ? each.terminate() : each.destroy();
      await scene.page.ask('panel.monitor', {});
      return { got, bridge: scene.rig.bridge.mesh.ready, page: scene.page.isOpen };
    },
  };
}

const ping = async (scene: HostileScene) => {
  const honest = await member(scene);
  const answer = await honest.ask('ping');
  honest.socket.terminate();
  return answer;
};
const atRelay = { door: ({ rig }: HostileScene) => rig.relay.url, welcome: ping, refusal: 'pong' };

const panelOf = ({ link }: HostileScene) => `${new URL(link).origin}/`;
const metricsOf = ({ rig }: HostileScene) => `${rig.bridge.metrics?.url}/`;
const status = (url: string, headers = {}) => ask(url, headers).then(({ status }) => status);
const atPanel = { door: panelOf, welcome: (scene: HostileScene) => status(panelOf(scene), { cookie: scene.cookie }) };

/** As many requests in one piece as nobody may send in a second. */
const heap = (url: string, count: number, headers = '') =>
  Array.from({ length: count }, () => `HEAD / HTTP/1.1\r\nHost: ${new URL(url).host}\r\n${headers}\r\n`).join('');

/** What somebody is told who asks now and then, once what came before him was read. */
async function calmly(url: string): Promise<number> {
  await bytes(url, 'HEAD / HTTP/1.1\r\nHost: evil.example\r\n\r\n');
  return await status(url);
}

const CROWDS: Attack<HostileScene>[] = [
  crowd('more sockets that say nothing than one address may have, with made-up addresses in their headers', {
    ...atRelay,
    size: 80,
    knock: (url, i) => knockAs(url, { 'x-forwarded-for': `10.0.0.${i}`, 'x-real-ip': `10.0.0.${i}` }),
  }),
  crowd('more sockets that say nothing than the relay has room for, of many addresses', {
    ...atRelay,
    size: 270,
    knock: (url, i) => knockAs(url, {}, `127.0.1.${1 + (i % 6)}`),
  }),
  crowd('more connections that ask for nothing than the relay has room for', {
    ...atRelay,
    size: 270,
    knock: (url) => knock(url),
  }),
  crowd('more connections that went half the way than the relay has room for', {
    ...atRelay,
    size: 270,
    knock: (url, i) => knock(url, UPGRADE.slice(0, -4), `127.0.1.${1 + (i % 6)}`),
  }),
  crowd('members with more sockets than the relay has room for, of many addresses', {
    ...atRelay,
    size: 290,
    knock: async (url, i) => {
      const socket = await knockAs(url, {}, `127.0.1.${1 + (i % 5)}`);
      if (socket.readyState !== socket.OPEN) return socket;
      const payload = { ...MEMBER, name: `crowd-${i}`, channel: 'crowd', can_monitor: false };
      socket.send(JSON.stringify({ id: '1', type: 'identify', payload }));
      await new Promise((resolve) => socket.once('message', resolve).once('close', resolve));
      return socket;
    },
  }),
  crowd('more connections that ask for nothing than the panel has room for', {
    ...atPanel,
    size: 70,
    knock: (url) => knock(url),
    refusal: 200,
  }),
  crowd('more requests of strangers than the panel answers in a second', {
    ...atPanel,
    size: 1,
    knock: (url) => knock(url, heap(url, 210)),
    welcome: async (scene) => {
      const url = panelOf(scene);
      // The first of them is answered once all were counted.
      const said = await bytes(url, heap(url, 210));
      const link = await status(scene.link);
      return { said, stranger: await status(url), owner: await status(url, { cookie: scene.cookie }), link };
    },
    refusal: { said: expect.stringMatching(/^HTTP\/1\.1 4/), stranger: 429, owner: 200, link: 200 },
  }),
  crowd('more connections that ask for nothing than the metrics have room for', {
    size: 70,
    door: metricsOf,
    knock: (url) => knock(url),
    welcome: async (scene) => {
      // They are hung up on within seconds, and keep nobody from the metrics for longer.
      const again = () => status(`${metricsOf(scene)}metrics`).catch((error: Error) => error.message);
      await eventually(again).toBe(200);
      return 200;
    },
    refusal: 200,
  }),
  crowd('more requests of somebody else than the metrics answer in a second', {
    size: 3,
    door: metricsOf,
    knock: (url) => knock(url, heap(url, 210), '127.0.0.9'),
    welcome: (scene) => calmly(`${metricsOf(scene)}metrics`),
    refusal: 200,
  }),
  crowd('a page of another site that asks for the metrics without end', {
    size: 3,
    door: metricsOf,
    knock: (url) => knock(url, heap(url, 210, 'Sec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: empty\r\n')),
    welcome: (scene) => calmly(`${metricsOf(scene)}metrics`),
    refusal: 200,
  }),
  {
    name: 'somebody on the network, at what listens where nobody said more',
    refusal: { hosts: ['127.0.0.1', '127.0.0.1', '127.0.0.1'], refused: 'relay/open' },
    attack: async () => {
      const text = 'relay: { channel: lab, embedded: {} }\ndevices: {}\npanel: {}\nmetrics: {}\n';
      const { config } = parseConfig({ path: 'bare', text, shared: false }, { drivers, env: {}, homeDir: tmpdir() });
      const { relay, panel, metrics } = config;
      const hosts = ['embedded' in relay ? relay.embedded?.host : undefined, panel?.host, metrics?.host];
      // Said, it is not done without a token.
      const open = new EmbeddedRelay({ host: '0.0.0.0', port: 0, clock: systemClock() });
      return { hosts, refused: await open.start().catch((error: BridgeError) => error.code) };
    },
  },
];

describe('crowds of strangers', () => {
  const scene = sceneOf(directRelay, { token: CANARY.token });

  repelled(scene, CROWDS);

  it('leave the bridge to its owner', async () => {
    await expectOwned(scene());
  });
});
