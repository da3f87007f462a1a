import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { roomCipher } from '../../src/mesh/e2ee.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';
import { MeshSide, QUICK, stopClientsAfterEach, until } from '../support/mesh-side.js';
import { ScriptedRelay } from '../support/scripted-relay.js';

let relay: ScriptedRelay;
let side: MeshSide;

stopClientsAfterEach();

beforeEach(async () => {
  relay = await ScriptedRelay.start();
  side = await new MeshSide(relay.url).join();
});

afterEach(() => relay.kill());

/** The connection still works, and it is still the first one. */
async function stillWell(): Promise<void> {
  const before = side.broadcasts.length;
  relay.peer.say('broadcast', { msg_type: 'after' });
  await until(() => side.broadcasts.length === before + 1);
  expect(side.broadcasts.at(-1)?.payload).toEqual({ msg_type: 'after' });
  expect(relay.peers).toHaveLength(1);
  expect(side.moves).toEqual(['up']);
}

const broadcast = (payload: string) => `{"id":"1","type":"broadcast","payload":${payload},"reply_to":null}`;

describe('frames that mean nothing', () => {
  it.each([
    ['not JSON', 'garbage', 'json'],
    ['empty', '', 'json'],
    ['bare NaN', broadcast('{"v":NaN}'), 'json'],
    ['bare Infinity', broadcast('{"v":-Infinity}'), 'json'],
    ['33 levels', broadcast(`${'['.repeat(32)}${']'.repeat(32)}`), 'too-deep'],
    ['200000 levels', broadcast(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`), 'too-deep'],
    ['more than 1 MiB', broadcast(`"${'x'.repeat(1024 * 1024)}"`), 'too-large'],
    ['an array', '[1,2]', 'not-a-frame'],
    ['null', 'null', 'not-a-frame'],
    ['no type', '{"id":"1","payload":{}}', 'not-a-frame'],
    ['a numeric type', '{"id":"1","type":7}', 'not-a-frame'],
    ['null in a broadcast', broadcast('null'), 'not-an-object'],
    ['an array in a broadcast', broadcast('[1,2,3]'), 'not-an-object'],
    ['a text in a broadcast', broadcast('"just a string"'), 'not-an-object'],
    ['a reply to nobody', '{"id":"1","type":"garage.set","payload":{},"reply_to":"zz"}', 'stray-reply'],
    ['a reply to a number', '{"id":"1","type":"garage.set","payload":{},"reply_to":7}', 'stray-reply'],
    ['a sealed broadcast without a key', broadcast('{"e2ee":2,"s":"","n":0,"ct":""}'), 'undecryptable'],
  ] as const)('%s', async (_, text, reason) => {
    relay.peer.send(text);
    await until(() => side.client.stats.dropped[reason] === 1);
    await stillWell();
    expect(side.requests).toEqual([]);
    expect(side.broadcasts).toHaveLength(1);
  });

  it.each(['ping', 'broadcast_request', 'identify', 'iCloudListen', 'service_log', 'node_status', 'route_msg'])(
    'never answers or passes on a frame of type %s',
    async (type) => {
      relay.peer.say(type, { msg_type: 'x' });
      await until(() => side.client.stats.dropped['unknown-type'] === 1);
      await stillWell();
      expect(relay.peer.frames.map((frame) => frame.type)).toEqual(['identify']);
      expect(side.requests).toEqual([]);
    },
  );

  it('ignores a pushed roster, whatever is in it', async () => {
    relay.peer.say('server_client_list', { clients: [null, { name: 7 }] });
    await stillWell();
  });

  it('takes 32 levels, and extra keys of the envelope', async () => {
    relay.peer.send(`{"id":"1","type":"broadcast","payload":{"a":${'['.repeat(30)}${']'.repeat(30)}},"x":1}`);
    await until(() => side.broadcasts.length === 1);
  });

  it('keeps prototypes as they are', async () => {
    relay.peer.send(broadcast('{"__proto__":{"admin":true},"a":{"__proto__":{"b":1}},"constructor":1}'));
    await until(() => side.broadcasts.length === 1);
    const payload = side.broadcasts[0]?.payload as JsonObject;
    const copy: JsonObject = Object.assign({}, payload);
    expect(Object.keys(payload)).toEqual(['a', 'constructor']);
    expect(copy['admin']).toBeUndefined();
    expect(({} as JsonObject)['admin']).toBeUndefined();
  });

  it('comes back after a text message that is not UTF-8', async () => {
    relay.peer.send(Buffer.from([0x7b, 0xff, 0xfe]));
    await until(() => side.moves.length === 3);
    expect(side.moves).toEqual(['up', 'down', 'up']);
  });

  it('hangs up on a relay that sends a frame in parts without end, and takes one in many parts', async () => {
    relay.peer.sendPart('{"id":"1","type":"broadcast",');
    for (let i = 0; i < 60; i++) relay.peer.sendPart(' ');
    relay.peer.send('"payload":{}}');
    await until(() => side.broadcasts.length === 1);
    for (let i = 0; i < 65; i++) relay.peer.sendPart(' ');
    await until(() => side.moves.length === 3);
    expect(side.moves).toEqual(['up', 'down', 'up']);
  });

  it('survives a mix of everything', async () => {
    for (let i = 0; i < 500; i++) relay.peer.send(['{', '"', broadcast('NaN'), '[]', '0', '{"type":"x"}'][i % 6] ?? '');
    await until(() => side.client.stats.received >= 501);
    await stillWell();
  });
});

describe('requests of others', () => {
  it('are answered at most once, and not late', async () => {
    const patient = await new MeshSide(relay.url, { name: 'b' }, { ...QUICK, answer: 30 }).join();
    relay.peer.say('b.describe', {});
    await until(() => patient.requests.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    patient.requests[0]?.answer({ ok: true });
    patient.requests[0]?.answer({ ok: true });
    expect(patient.client.stats.lateAnswers).toBe(1);
    expect(relay.peer.frames).toHaveLength(1);
  });

  it('are 32 at most; more are not passed on', async () => {
    for (let i = 0; i < 40; i++) relay.peer.say('garage.slow', { i });
    await until(() => side.client.stats.dropped.busy === 8);
    expect(side.requests).toHaveLength(32);
    side.requests[0]?.answer({ ok: true });
    relay.peer.say('garage.slow', {});
    await until(() => side.requests.length === 33);
  });

  it('are answered, refusals of ours included, when there is room for a frame and not before', async () => {
    const room: (() => void)[] = [];
    const paced = await new MeshSide(relay.url, { name: 'p' }, QUICK, { reply: (send) => room.push(send) }).join();
    for (let i = 0; i < 100; i++) relay.peer.say('nonsense', { i });
    relay.peer.say('p.describe', {});
    await until(() => paced.client.stats.dropped.busy === 69);
    expect(room).toHaveLength(32);
    expect(relay.peer.frames).toHaveLength(1);
    for (const send of room) send();
    await until(() => relay.peer.frames.length === 33);
    expect(paced.client.stats).toMatchObject({ answered: 32, sent: 33 });
  });

  it('are all answered where there is room, however many', async () => {
    for (let i = 0; i < 200; i++) relay.peer.say('nonsense', { i });
    await until(() => side.client.stats.answered === 200);
  });

  it('get an answer even when the handler throws or answers too much', async () => {
    const clumsy = await new MeshSide(relay.url, { name: 'c' }, QUICK, {
      request: (type, _, answer) => {
        if (type === 'c.throw') throw new Error('boom');
        answer({ ok: true, text: 'x'.repeat(300_000) });
        return true;
      },
      broadcast: () => {
        throw new Error('bang');
      },
    }).join();
    const thrown = relay.peer.say('c.throw', {});
    const large = relay.peer.say('c.large', {});
    relay.peer.say('broadcast', {});
    await until(() => relay.peer.frames.length === 3);
    expect(relay.peer.frames[1]).toMatchObject({ reply_to: thrown, payload: { ok: false, error: 'internal error' } });
    expect(relay.peer.frames[2]).toMatchObject({ reply_to: large, payload: { ok: false } });
    await until(() => clumsy.client.stats.handlerErrors === 2);
    expect(clumsy.client.ready).toBe(true);
    expect(clumsy.log.at('error').join()).toContain('boom');
  });

  it('are opened and answered sealed in a room; what cannot be opened is refused', async () => {
    const room = (name: string) =>
      roomCipher(Buffer.alloc(32, 9).toString('base64'), { channel: 'home', name, clock: systemClock() });
    const member = room('phone');
    const sealed = await new MeshSide(relay.url, { name: 'd', cipher: room('d') }).join();
    relay.peer.say('d.set', member.seal({ point: 'lamp' }));
    relay.peer.say('d.set', { point: 'lamp' });
    relay.peer.say('d.set', { ...member.seal({ point: 'lamp' }), n: 99 });
    await until(() => relay.peer.frames.length === 2 && sealed.requests.length === 2);
    expect(sealed.requests.map((request) => request.sealed)).toEqual([true, false]);
    expect(sealed.requests[0]?.payload).toMatchObject({ point: 'lamp', _from: 'phone' });
    expect(member.open(relay.peer.frames[1]?.payload).payload).toMatchObject({ ok: false, error: 'undecryptable' });
    sealed.requests[0]?.answer({ ok: true });
    await until(() => relay.peer.frames.length === 3);
    expect(member.open(relay.peer.frames[2]?.payload).payload).toMatchObject({ ok: true });
  });

  it('do not outlive their connection', async () => {
    relay.peer.say('garage.slow', {});
    await until(() => side.requests.length === 1);
    relay.peer.kill();
    await until(() => side.moves.length === 3);
    side.requests[0]?.answer({ ok: true });
    expect(side.client.stats.lateAnswers).toBe(1);
    expect(relay.peer.frames).toHaveLength(1);
  });
});

describe('a relay that sends more than anybody needs', () => {
  const LONG = broadcast(`{"x":"${'x'.repeat(1_000_000)}"}`);

  it('is read slowly, and missed as soon as it is gone', async () => {
    const began = performance.now();
    const { bytesIn } = side.client.stats;
    const stop = relay.peer.flood(LONG);
    await until(() => side.client.stats.bytesIn - bytesIn > 6e6);
    expect(performance.now() - began).toBeGreaterThan(1_200);
    const killed = performance.now();
    stop();
    relay.peer.kill();
    await until(() => side.moves.includes('down'));
    expect(performance.now() - killed).toBeLessThan(2_500);
  });

  it('is left with a goodbye', async () => {
    relay.peer.flood(LONG);
    await until(() => side.broadcasts.length > 3);
    const began = performance.now();
    await side.client.stop();
    expect(performance.now() - began).toBeLessThan(900);
    await until(() => relay.peer.closed !== undefined);
    expect(relay.peer.closed?.code).toBe(1000);
  });
});
