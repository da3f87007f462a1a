import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { askControl } from '../../src/control/client.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { type Attack, repelled } from '../support/attack.js';
import { cmd } from '../support/bridge-attacks.js';
import { controlWaits, QUICK } from '../support/control-waits.js';
import { eventually } from '../support/eventually.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { ask, cookieOf, PageClient } from '../support/page-client.js';
import { saidTo, sent, told } from '../support/panel-attacks.js';
import { embeddedRelay } from '../support/relays.js';
import { sceneOf } from '../support/scene-of.js';
import { PONGS, socketFlood, upgradeOf } from '../support/socket-flood.js';

const PUMP = cmd('pump', true);

/** What the audit has last. */
const lastAudited = async ({ rig }: HostileScene) =>
  ((await askControl(rig.control, { op: 'audit' }))['commands'] as JsonObject[]).at(-1);

const ATTACKS: Attack<HostileScene>[] = [
  {
    name: 'a page that says by a request that it is somebody else',
    refusal: { what: 'shed.fan', code: 'range', from: expect.stringMatching(/^panel-\d+$/) },
    attack: async (scene) => {
      const set = { type: 'rig.set', payload: { dev: 'shed', point: 'fan', value: 101, _from: 'command line' } };
      await scene.page.ask('route_msg', set);
      return await lastAudited(scene);
    },
  },
  {
    name: 'a page that switches by a request what somebody else has armed',
    refusal: { ok: false, code: 'unarmed' },
    attack: async (scene) => {
      const id = scene.anna.command({ msg_type: 'rig.arm', dev: 'shed', point: 'heater' });
      await scene.anna.waitFor((frame) => frame['cmd_id'] === id);
      const set = { type: 'rig.set', payload: { dev: 'shed', point: 'heater', value: true, _from: 'anna' } };
      return await scene.page.ask('route_msg', set);
    },
  },
  sent('more frames than a page may send', 1008, (page) => {
    for (let i = 0; i < 60; i++) page.send('broadcast_request', { ...PUMP, value: 'x' });
  }),
  sent('bytes', 1003, (page) => page.raw(Buffer.from([1, 2, 3]))),
  sent('half a frame', 1007, (page) => page.raw('{"type":')),
  sent('a thousand brackets', 1007, (page) =>
    page.raw(`{"type":"x","payload":${'['.repeat(1_000)}${']'.repeat(1_000)}}`),
  ),
  sent('a list for a frame', 1007, (page) => page.raw('[1,2]')),
  sent('a megabyte', 1009, (page) => page.raw('x'.repeat(1_000_000))),
  {
    name: 'a page that asks a lot and reads nothing, so that the panel keeps it all',
    refusal: { code: 1006 },
    attack: async (scene) => {
      const page = await PageClient.open(scene.link, scene.cookie);
      page.deafen();
      // What a question is known by comes back with the answer. The system keeps some 10 MB, the panel four, 50 frames go in a second.
      const id = 'x'.repeat(60_000);
      for (let burst = 0; burst < 7; burst++) {
        for (let i = 0; i < 48; i++) page.send('panel.monitor', {}, `${i}${id}`);
        await pause(1_050);
      }
      page.resume();
      return { code: await page.closed };
    },
  },
  told('a command beyond the range', { ok: false, code: 'range' }, (page) =>
    page.command({ ...PUMP, point: 'fan', value: 101 }),
  ),
  told(
    'a command in somebody else’s name',
    { ok: false, code: 'type', to: expect.stringMatching(/^panel-\d+$/) },
    (page) => page.command({ ...PUMP, value: 'on', from: 'anna' }),
  ),
  {
    name: 'a prototype of many kilobytes in a command, of which nothing is left to be measured',
    refusal: { ok: false, code: 'range' },
    attack: async (scene) => {
      const page = await PageClient.open(scene.link, scene.cookie);
      const command = JSON.stringify({ ...PUMP, point: 'fan', value: 101, _cmd: 'spoilt' });
      const spoilt = `${command.slice(0, -1)},"__proto__":{"rest":"${'x'.repeat(5_000)}"}}`;
      page.raw(`{"type":"broadcast_request","payload":${spoilt}}`);
      const ack = () => page.broadcasts('command_ack').find(({ cmd_id }) => cmd_id === 'spoilt');
      await eventually(ack).toBeDefined();
      await page.close();
      return ack();
    },
  },
  told('consent to a prototype', { ok: false }, (page) => page.ask('panel.approve', { device: '__proto__' })),
  told('consent to an object', { ok: false }, (page) =>
    page.ask('panel.approve', { device: { toString: 1, valueOf: 1 } }),
  ),
  told('the wire of a prototype', { ok: false }, (page) => page.ask('panel.monitor', { device: '__proto__' })),
  told('a routed question that nobody knows', { ok: false, error: 'unknown type' }, (page) =>
    page.ask('route_msg', { type: '__proto__', payload: {} }),
  ),
  {
    name: 'more pages than there is room for',
    refusal: { said: 'refused with 503' },
    attack: async (scene) => {
      const { cookie } = scene;
      const pages: PageClient[] = [];
      const open = () => PageClient.open(scene.link, cookie).then((page) => pages.push(page));
      let said = 'let in';
      for (let i = 0; i < 9 && said === 'let in'; i++) await open().catch((error: Error) => (said = error.message));
      await Promise.all(pages.map((page) => page.close()));
      return { said };
    },
  },
];

/** What a viewer asks for that only an operator gets. */
const asViewer = (name: string, refusal: object, question: (page: PageClient) => Promise<JsonObject>) =>
  told(name, refusal, question, 'viewer');
const LOOK = { ok: false, message: 'viewers may only look' };

const VIEWERS: Attack<HostileScene>[] = [
  asViewer('a viewer who gives consent', LOOK, (page) => page.ask('panel.approve', { device: 'shed' })),
  asViewer('a viewer who asks how to join', LOOK, (page) => page.ask('panel.pairing', {})),
  asViewer('a viewer who puts the layout on phones', LOOK, (page) => page.ask('panel.push', {})),
  asViewer('a viewer who switches', { ok: false, code: 'role' }, (page) => page.command(PUMP)),
  asViewer('a viewer who pulses', { ok: false, code: 'role' }, (page) =>
    page.command({ ...PUMP, value: undefined, pulse_ms: 100 }),
  ),
  asViewer('a viewer who arms', { ok: false, code: 'role' }, (page) =>
    page.command({ ...PUMP, point: 'heater', msg_type: 'rig.arm' }),
  ),
  asViewer('a viewer who lets go of the emergency stop', { ok: false, code: 'role' }, (page) =>
    page.command({ msg_type: 'rig.estop_reset' }),
  ),
  asViewer('a viewer who writes by a request', { ok: false, code: 'role' }, (page) =>
    page.ask('route_msg', { type: 'rig.set', payload: { dev: 'shed', point: 'pump', value: true } }),
  ),
  asViewer(
    'a viewer who says that he is none',
    { ok: false, code: 'role', to: expect.stringMatching(/^panel-/) },
    (page) => page.command({ ...PUMP, role: 'operator', via: 'local', _via: 'local', from: 'anna' }),
  ),
  {
    name: 'a viewer who holds the button of somebody else',
    refusal: { from: expect.stringMatching(/^panel-/), via: 'viewer', what: 'hold shed.pump', ok: false, code: 'role' },
    attack: async (scene) => {
      const link = scene.rig.bridge.panel?.link('viewer') ?? '';
      const page = await PageClient.open(link, await cookieOf(link));
      page.send('broadcast_request', { msg_type: 'rig.hold', dev: 'shed', point: 'pump', held: true });
      await eventually(() => lastAudited(scene)).toMatchObject({ what: 'hold shed.pump' });
      await page.close();
      return await lastAudited(scene);
    },
  },
  {
    name: 'a viewer who uses up, in the name of somebody else, what that one may be answered',
    refusal: { ok: false, code: 'expired' },
    attack: async (scene) => {
      const link = scene.rig.bridge.panel?.link('viewer') ?? '';
      const page = await PageClient.open(link, await cookieOf(link));
      const set = { type: 'rig.set', payload: { dev: 'shed', point: 'pump', value: true, _from: 'anna' } };
      for (let i = 0; i < 12; i++) await page.ask('route_msg', set);
      await page.close();
      // What she is to hear of: her clock is wrong.
      const id = scene.anna.command(cmd('fan', 10, { _ts: Date.now() - 600_000 }));
      return await scene.answerTo(scene.anna, (frame) => frame['cmd_id'] === id);
    },
  },
  {
    name: 'a viewer who gives consent without a trace',
    refusal: { what: 'approve', wish: '"shed"', via: 'viewer', ok: false, code: 'role' },
    attack: async (scene) => {
      const link = scene.rig.bridge.panel?.link('viewer') ?? '';
      const page = await PageClient.open(link, await cookieOf(link));
      await page.ask('panel.approve', { device: 'shed' });
      await page.close();
      return await lastAudited(scene);
    },
  },
  {
    name: 'viewers who take all places of pages',
    refusal: { viewer: 'refused with 503', operator: 'let in' },
    attack: async (scene) => {
      const link = scene.rig.bridge.panel?.link('viewer') ?? '';
      const cookie = await cookieOf(link);
      const pages: PageClient[] = [];
      let viewer = 'let in';
      for (let i = 0; i < 9 && viewer === 'let in'; i++) {
        await PageClient.open(link, cookie).then(
          (page) => pages.push(page),
          (error: Error) => (viewer = error.message),
        );
      }
      const operator = await saidTo(scene, scene.cookie);
      await Promise.all(pages.map((page) => page.close()));
      return { viewer, operator };
    },
  },
];

/** Asks for something in four lines at once, again and again, until what is returned is called. */
function hammer(url: string, cookie: string): () => Promise<unknown> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let going = true;
  const lines = Array.from({ length: 4 }, async () => {
    while (going) {
      const call = request(url, { headers: { cookie }, agent }).end();
      const response = await once(call, 'response').then(
        ([answer]) => answer as IncomingMessage,
        () => undefined,
      );
      await response
        ?.resume()
        .toArray()
        .catch(() => {});
    }
  });
  return () => {
    going = false;
    return Promise.all(lines).then(() => agent.destroy());
  };
}

const CROWDING: Attack<HostileScene>[] = [
  {
    name: 'a viewer who asks without end',
    refusal: { operator: Array(3).fill([200, 'let in']), other: 200 },
    attack: async (scene) => {
      const link = scene.rig.bridge.panel?.link('viewer') ?? '';
      const { origin } = new URL(link);
      const cookie = await cookieOf(link);
      const stop = hammer(`${origin}/session`, cookie);
      const status = async (who: string) => (await ask(`${origin}/session`, { cookie: who })).status;
      await eventually(() => status(cookie)).toBe(429);
      const operator: unknown[] = [];
      for (let i = 0; i < 3; i++) {
        operator.push([(await ask(origin, { cookie: scene.cookie })).status, await saidTo(scene, scene.cookie)]);
        await pause(100);
      }
      // Another browser of a viewer has an allowance of its own, too.
      const other = (await ask(scene.rig.bridge.panel?.link('viewer') ?? '')).status;
      await stop();
      return { operator, other };
    },
  },
  {
    name: 'four pages with pongs without end',
    refusal: QUICK,
    attack: async (scene) => {
      const link = scene.rig.bridge.panel?.link('viewer') ?? '';
      const { origin, port, host } = new URL(link);
      const opening = upgradeOf('/live', host, { Origin: origin, Cookie: await cookieOf(link) });
      const stop = await socketFlood({
        port: Number(port),
        opening,
        hellos: Array<Buffer>(4).fill(PONGS),
        piece: PONGS,
      });
      const waits = await controlWaits(scene.rig.control, 3_000);
      await stop();
      return waits;
    },
  },
];

describe('a page of the panel that means harm', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  repelled(scene, [...ATTACKS, ...VIEWERS, ...CROWDING]);

  it('leaves the panel to its owner', async () => {
    expect(scene().damageSoFar()).toEqual([]);
    expect(await scene().page.command(PUMP)).toMatchObject({ ok: true, value: true });
  });
});
