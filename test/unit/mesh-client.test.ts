import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isBridgeError } from '../../src/error.js';
import { roomCipher } from '../../src/mesh/e2ee.js';
import { systemClock } from '../../src/system-clock.js';
import { MeshSide, QUICK, stopClientsAfterEach, until } from '../support/mesh-side.js';
import { connectPhone } from '../support/phone.js';
import { forEachRelay } from '../support/relays.js';
import { confirm, type Script, ScriptedRelay } from '../support/scripted-relay.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const room = (name: string) => roomCipher(KEY, { channel: 'home', name, clock: systemClock() });
const code = (fn: () => void): string => {
  try {
    fn();
  } catch (error) {
    if (isBridgeError(error)) return error.code;
  }
  return 'nothing';
};

stopClientsAfterEach();

describe('identifying', () => {
  it('spells out rights and scope, sends both token keys, and nothing else before the welcome', async () => {
    const relay = await ScriptedRelay.start({ identify: () => {} });
    const side = new MeshSide(relay.url, { name: "Ann's garage", token: 's3cret' });
    side.client.start();
    side.client.start();
    await until(() => relay.peers[0]?.frames.length === 1);
    expect(relay.peer.frames[0]).toMatchObject({ type: 'identify', reply_to: null });
    expect(relay.peer.frames[0]?.payload).toEqual({
      name: 'Ann-s-garage',
      token: 's3cret',
      auth_token: 's3cret',
      channel: 'home',
      role: 'hub',
      can_broadcast: true,
      can_route: true,
      can_monitor: true,
      broadcast_scope: 'channel',
    });
    expect(side.client.ready).toBe(false);
    expect(code(() => side.client.broadcast({ a: 1 }))).toBe('mesh/closed');
    await expect(side.client.nodes()).rejects.toMatchObject({ code: 'mesh/closed' });
    relay.peer.say('broadcast', { msg_type: 'early' });
    relay.peer.say('welcome', { id: 'x', name: 'Ann-s-garage' });
    await until(() => side.client.ready);
    expect(side.broadcasts).toEqual([]);
    expect(side.client.stats.dropped['before-welcome']).toBe(1);
    expect(relay.peer.frames).toHaveLength(1);
    expect(relay.peers).toHaveLength(1);
    await relay.kill();
  });

  it('leaves both token keys out where there is none', async () => {
    const relay = await ScriptedRelay.start();
    await new MeshSide(relay.url).join();
    expect(Object.keys(relay.peer.frames[0]?.payload as object)).not.toContain('token');
    expect(Object.keys(relay.peer.frames[0]?.payload as object)).not.toContain('auth_token');
    await relay.kill();
  });

  it('ignores a second welcome', async () => {
    const relay = await ScriptedRelay.start();
    const side = await new MeshSide(relay.url).join();
    relay.peer.say('welcome', { id: 'y', name: 'other' });
    await until(() => side.client.stats.dropped['second-welcome'] === 1);
    expect(side.moves).toEqual(['up']);
    await relay.kill();
  });

  it('is ready when `up` is called', async () => {
    const relay = await ScriptedRelay.start();
    const side: MeshSide = new MeshSide(relay.url, {}, QUICK, { up: () => side.client.broadcast({ first: true }) });
    await side.join();
    await until(() => relay.peer.sent('broadcast_request').length === 1);
    await relay.kill();
  });
});

forEachRelay((_, make) => {
  it('broadcasts to phones and hears them', async () => {
    const relay = await make({ token: 't' });
    const side = await new MeshSide(relay.url, { token: 't' }).join();
    const phone = await connectPhone({ url: relay.url, name: 'phone', channel: 'home', token: 't' });
    side.client.broadcast({ msg_type: 'garage.state', pins: { lamp: true } });
    await until(() => phone.broadcasts.length === 1);
    expect(phone.broadcasts[0]).toEqual({ msg_type: 'garage.state', pins: { lamp: true } });
    await until(() => side.client.unanswered === 0);
    expect(side.broadcasts).toEqual([{ payload: phone.broadcasts[0], sealed: false }]);
    expect((await side.client.nodes()).map(({ name }) => name)).toEqual(['phone']);
  });

  it('seals what it says in a room, opens what comes, and drops its own echo', async () => {
    const relay = await make();
    const side = await new MeshSide(relay.url, { cipher: room('garage') }).join();
    const friend = await new MeshSide(relay.url, { name: 'friend', cipher: room('friend') }).join();
    const stranger = await new MeshSide(relay.url, { name: 'stranger' }).join();
    side.client.broadcast({ msg_type: 'garage.state', v: 1 });
    stranger.client.broadcast({ msg_type: 'garage.cmd' });
    await until(() => friend.broadcasts.length === 2 && side.broadcasts.length === 1);
    const sealed = friend.broadcasts.find((broadcast) => broadcast.sealed);
    expect(sealed?.payload).toMatchObject({ msg_type: 'garage.state', v: 1, _ch: 'home', _from: 'garage' });
    expect(side.broadcasts).toEqual([{ payload: { msg_type: 'garage.cmd' }, sealed: false }]);
    await until(() => side.client.stats.dropped['own-sealed'] === 1);
    await until(() => stranger.client.stats.dropped.undecryptable === 1);
    expect(stranger.broadcasts.map(({ payload }) => payload['msg_type'])).toEqual(['garage.cmd']);
    expect(stranger.log.at('warn').join()).toContain('relay.roomKey');
  });

  it('asks a member and is asked by one', async () => {
    const relay = await make();
    const a = await new MeshSide(relay.url, { name: 'a' }).join();
    const b = await new MeshSide(relay.url, { name: 'b' }).join();
    const reply = a.client.request('b', 'b.describe', { deep: true });
    await until(() => b.requests.length === 1);
    expect(b.requests[0]).toMatchObject({ type: 'b.describe', payload: { deep: true }, sealed: false });
    b.requests[0]?.answer({ ok: true, points: [] });
    b.requests[0]?.answer({ ok: false });
    expect(await reply).toEqual({ ok: true, points: [] });
    expect(b.client.stats.answered).toBe(1);
    expect(await a.client.request('b', 'nonsense', null)).toEqual({ ok: false, error: 'unknown type' });
    await expect(a.client.request('nobody', 'x', null)).rejects.toMatchObject({ code: 'mesh/no-target' });
  });

  it('leaves with code 1000 after the last frame, once', async () => {
    const relay = await make();
    const side = await new MeshSide(relay.url).join();
    const phone = await connectPhone({ url: relay.url, name: 'phone', channel: 'home' });
    side.client.broadcast({ msg_type: 'garage.health', bridge: 'offline' });
    const stop = side.client.stop();
    expect(side.client.stop()).toBe(stop);
    expect(side.client.ready).toBe(false);
    expect(side.moves).toEqual(['up', 'down']);
    await stop;
    await until(() => phone.broadcasts.length === 1);
    side.client.start();
    expect(code(() => side.client.broadcast({}))).toBe('mesh/closed');
  });
});

describe('sending', () => {
  it('counts broadcasts without a `sent`, and forgets them in time', async () => {
    const relay = await ScriptedRelay.start({ frame: () => {} });
    const side = await new MeshSide(relay.url, {}, { ...QUICK, sent: 60 }).join();
    side.client.broadcast({ n: 1 });
    side.client.broadcast({ n: 2 });
    expect(side.client.unanswered).toBe(2);
    await until(() => side.client.oldestUnansweredMs > 10);
    await until(() => side.client.unanswered === 0);
    expect(side.client.oldestUnansweredMs).toBe(0);
    expect(side.client.stats.unconfirmed).toBe(2);
    await relay.kill();
  });

  it('refuses a frame above 200 KiB as a Python relay would write it, and sends nothing', async () => {
    const relay = await ScriptedRelay.start();
    const side = await new MeshSide(relay.url).join();
    expect(code(() => side.client.broadcast({ text: 'é'.repeat(35_000) }))).toBe('mesh/too-large');
    side.client.broadcast({ text: 'e'.repeat(200_000) });
    await until(() => relay.peer.sent('broadcast_request').length === 1);
    expect(side.client.unanswered).toBeLessThanOrEqual(1);
    await relay.kill();
  });

  it('bounds what waits in the socket', async () => {
    const relay = await ScriptedRelay.start();
    const side = await new MeshSide(relay.url).join();
    relay.peer.pause();
    const big = { text: 'x'.repeat(150_000) };
    await expect.poll(() => code(() => side.client.broadcast(big)), { interval: 0, timeout: 5000 }).toBe('mesh/busy');
    expect(side.client.buffered).toBeGreaterThan(4_000_000);
    expect(side.client.buffered).toBeLessThan(4_600_000);
    await relay.kill();
  });

  it('says loudly, once, that the relay refuses broadcasts', async () => {
    const refuse: Script = {
      frame: (peer, { id, type }) => peer.say(type, { error: 'broadcast not allowed', status: 'failed' }, id),
    };
    const relay = await ScriptedRelay.start(refuse);
    const side = await new MeshSide(relay.url).join();
    for (let n = 0; n < 5; n++) side.client.broadcast({ n });
    await until(() => side.client.stats.refused === 5);
    expect(side.log.at('error')).toHaveLength(1);
    expect(side.log.at('error')[0]).toContain('broadcast not allowed');
    await relay.kill();
  });

  it('settles every request: silence, error objects, the end of the connection', async () => {
    const relay = await ScriptedRelay.start({
      frame: (peer, frame) => {
        confirm(peer, frame);
        if (frame.type === 'get_nodes') {
          peer.say('get_nodes', { clients: [{ id: 1 }, null, { id: 'i', name: 'b' }] }, frame.id);
        }
        const inner = (frame.payload as { type?: string } | null)?.type;
        if (inner === 'denied') {
          peer.say('route_msg', { error: 'cross-channel route denied', status: 'failed' }, frame.id);
        }
        if (inner === 'odd') peer.say('whatever', { error: 'a <b> c', status: 'failed' }, frame.id);
        if (inner === 'null') peer.say('route_msg', null, frame.id);
      },
    });
    const side = await new MeshSide(relay.url, {}, { ...QUICK, reply: 100 }).join();
    const ask = (type: string) => side.client.request('b', type, null);
    await expect(ask('silent')).rejects.toMatchObject({ code: 'mesh/timeout' });
    await expect(ask('denied')).rejects.toMatchObject({ code: 'mesh/not-allowed' });
    await expect(ask('odd')).rejects.toMatchObject({ code: 'mesh/relay-error' });
    expect(await ask('null')).toBe(null);
    const many = Array.from({ length: 20 }, () => ask('silent'));
    const codes = (await Promise.allSettled(many)).map((r) => (r as PromiseRejectedResult).reason.code);
    expect(codes.filter((c) => c === 'mesh/busy')).toHaveLength(4);
    expect(codes.filter((c) => c === 'mesh/timeout')).toHaveLength(16);
    const open = ask('silent');
    await until(() =>
      relay.peer.sent('route_msg').some(({ payload }) => (payload as { type: string }).type === 'silent'),
    );
    const settled = expect(open).rejects.toMatchObject({ code: expect.stringMatching('mesh/closed|mesh/timeout') });
    relay.peer.kill();
    await settled;
    await relay.kill();
  });
});

it('says its token in a frame only, never in the address or a header', async () => {
  const asked: string[] = [];
  const server = createServer((_, response) => response.end());
  server.on('upgrade', (request, socket) => {
    asked.push(`${request.url} ${JSON.stringify(request.rawHeaders)}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const side = new MeshSide(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { token: 's3cret-token' });
  side.client.start();
  await until(() => asked.length > 0);
  expect(asked.join()).not.toContain('s3cret-token');
  expect(asked[0]).toMatch(/^\/ /);
});
