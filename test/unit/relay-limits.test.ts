import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { startEmbedded } from '../support/embedded.js';
import { eventually } from '../support/eventually.js';
import { RawClient } from '../support/raw-client.js';
import { VirtualClock } from '../support/virtual-clock.js';

test('50 frames pass within any second, the next closes with 1008; dropped and malformed ones count', async () => {
  const clock = new VirtualClock();
  const { url, relay } = await startEmbedded({}, { clock });
  const { client } = await RawClient.join(url, { name: 'a' });
  await clock.advance(500);
  for (let i = 0; i < 47; i++) client.send(i % 2 ? 'rubbish' : '{"type":"unknown"}');
  expect(await client.ask('ping')).toBe('pong');
  await clock.advance(499);
  expect(await client.ask('ping')).toBe('pong');
  await clock.advance(1);
  expect(await client.ask('ping')).toBe('pong');
  client.frame('ping');
  expect(await client.nextClose()).toEqual({ code: 1008, reason: 'Rate limit exceeded' });
  expect(client.frames).toEqual([]);
  expect(relay.counters.rate_limit).toBe(1);
});

test('a message over 1 MiB closes with 1009, one just under passes', async () => {
  const { url } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'a' });
  const frame = (length: number) => {
    const empty = '{"id":"n","type":"broadcast_request","payload":""}';
    return empty.replace('""', `"${'x'.repeat(length - empty.length)}"`);
  };
  client.send(frame(1_048_576));
  expect((await client.next()).type).toBe('broadcast');
  expect((await client.next()).payload).toEqual({ status: 'sent' });
  client.send(frame(1_048_577));
  expect(await client.nextClose()).toEqual({ code: 1009, reason: '' });
});

const NO_PACE = { framesPerSecond: 0, bytesPerSecond: 0 };

const TOKEN = 'correct horse battery';

/** Writes bytes behind the opening of a WebSocket, whatever they are; resolves with the last that came before the end. */
function writeRaw(url: string, bytes: Buffer): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  let last = '';
  socket.on('error', () => {}); // the close that follows tells
  socket.once('data', () => socket.write(bytes));
  socket.on('data', (data) => {
    last = data.toString('latin1');
  });
  socket.write(
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  return new Promise((resolve) => socket.on('close', () => resolve(last)));
}

test.each([
  ['a frame of a megabyte that never ends', [0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0], 100_000],
  ['a part of a frame in a heap of pongs', [0x01, 0x81, 0, 0, 0, 0, 0x61], 0],
])('somebody without the token has 16 KiB in all: %s', async (_what, head, zeros) => {
  const { url, relay } = await startEmbedded({}, { token: TOKEN });
  const pong = Buffer.concat([Buffer.from([0x8a, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125)]);
  const pongs = Array.from({ length: zeros === 0 ? 130 : 0 }, () => pong);
  const last = await writeRaw(url, Buffer.concat([Buffer.from(head), Buffer.alloc(zeros), ...pongs]));
  expect(last).toContain('too large before identify');
  expect(relay.counters.unidentified).toBe(1);
});

test('a member has as much as it likes, and up to 64 parts of a frame', async () => {
  const { url } = await startEmbedded({}, { token: TOKEN });
  const { client } = await RawClient.join(url, { name: 'a', token: TOKEN });
  client.ignore(({ type }) => type === 'broadcast');
  expect(await client.ask('broadcast_request', 'x'.repeat(100_000))).toEqual({ status: 'sent' });
  const part = (text: string, fin: boolean) => client.socket.send(text, { fin });
  part('{"id":"n","type":"ping"', false);
  for (let i = 0; i < 62; i++) part(' ', false);
  part('}', true);
  expect((await client.next()).payload).toBe('pong');
  for (let i = 0; i < 65; i++) part(' ', false);
  expect((await client.nextClose()).code).toBe(1008);
});

test('a member that sends more bytes than it may waits for it, keeps its connection, and is heard to the end', async () => {
  const { url, relay } = await startEmbedded({ bytesPerSecond: 200_000 });
  const { client: sender } = await RawClient.join(url, { name: 'sender' });
  const { client: other } = await RawClient.join(url, { name: 'other' });
  const began = performance.now();
  for (let i = 0; i < 5; i++) sender.frame('nonsense', 'x'.repeat(100_000));
  const answer = sender.ask('ping');
  expect(await other.ask('ping')).toBe('pong');
  expect(relay.counters.unknown_type).toBeLessThan(4);
  expect(await answer).toBe('pong');
  expect(relay.counters.unknown_type).toBe(5);
  expect(performance.now() - began).toBeGreaterThan(1_000);
});

test('strangers of many addresses, however long they stay, keep no member out', async () => {
  const { url, relay } = await startEmbedded({}, { token: TOKEN });
  const addresses = Array.from({ length: 256 }, (_, i) => `127.0.0.${2 + (i % 4)}`);
  const strangers = await Promise.all(addresses.map((localAddress) => RawClient.connect(url, {}, { localAddress })));
  const left = () => strangers.filter(({ closed }) => closed === undefined).length;
  await eventually(left).toBe(128);
  const { client } = await RawClient.join(url, { name: 'a', token: TOKEN });
  expect(await client.ask('ping')).toBe('pong');
  expect(left()).toBe(127);
  expect(relay.counters.refused).toBe(0);
});

test('one address has only so many live sockets; forwarding headers change nothing; a goodbye makes room', async () => {
  const { url, relay } = await startEmbedded({ socketsPerAddress: 2 });
  const { client: first } = await RawClient.join(url, { name: 'a' });
  await RawClient.join(url, { name: 'b' });
  for (const headers of [{}, { 'X-Real-IP': '203.0.113.9' }, { 'X-Forwarded-For': '203.0.113.9' }]) {
    const extra = await RawClient.connect(url, headers as Record<string, string>);
    expect(await extra.nextClose()).toEqual({ code: 4429, reason: 'Too many pending connections' });
  }
  expect(relay.counters.refused).toBe(3);
  first.socket.close();
  await first.nextClose();
  await RawClient.join(url, { name: 'c' });
});

test('sockets of an address that do not identify make room for one that does', async () => {
  const { url, relay } = await startEmbedded({ socketsPerAddress: 4 });
  const { client: joined } = await RawClient.join(url, { name: 'a' });
  const silent: RawClient[] = [];
  for (let i = 0; i < 20; i++) silent.push(await RawClient.connect(url));
  await RawClient.join(url, { name: 'b' });
  expect(relay.counters.refused).toBe(18);
  expect(await joined.ask('ping')).toBe('pong');
});

test('connections that say nothing, and come again as soon as they are hung up on, keep nobody out', async () => {
  const { url } = await startEmbedded({});
  const { hostname, port } = new URL(url);
  const held = new Set<Socket>();
  let over = false;
  const knock = () => {
    const socket = connect({ port: Number(port), host: hostname });
    held.add(socket);
    socket.on('error', () => {}); // hung up on
    socket.on('close', () => {
      held.delete(socket);
      if (!over) setImmediate(knock);
    });
  };
  for (let i = 0; i < 300; i++) knock();
  await eventually(() => held.size).toBeGreaterThan(200);
  for (let i = 0; i < 5; i++) await RawClient.join(url, { name: `phone-${i}` });
  over = true;
  for (const socket of held) socket.destroy();
});

test.each([
  ['http://localhost', true],
  ['http://LOCALHOST:80', true],
  ['http://127.0.0.1', true],
  ['http://localhost:8080', false],
  ['https://localhost', false],
  ['http://localhost.evil.example', false],
  ['http://evil.example', false],
  ['capacitor://localhost', false],
  ['null', false],
  ['', false],
])('origin %j is admitted by default: %s', async (origin, admitted) => {
  const { url } = await startEmbedded();
  const client = await RawClient.connect(url, { Origin: origin });
  client.frame('identify', { name: 'page' });
  if (admitted) expect((await client.next()).type).toBe('welcome');
  else expect(await client.nextClose()).toEqual({ code: 1008, reason: 'origin not allowed' });
  expect(client.frames).toEqual([]);
});

test('allowed origins can be chosen, with their ports', async () => {
  const { url } = await startEmbedded({}, { allowedOrigins: ['http://panel.example:8080', 'https://panel.example'] });
  for (const origin of ['http://panel.example:8080', 'https://panel.example:443']) {
    const client = await RawClient.connect(url, { Origin: origin });
    client.frame('identify', { name: 'page' });
    expect((await client.next()).type).toBe('welcome');
  }
  const client = await RawClient.connect(url, { Origin: 'http://localhost' });
  expect(await client.nextClose()).toEqual({ code: 1008, reason: 'origin not allowed' });
});

/** Lets a paused client fall behind by `count` broadcasts of 60 kB, of which every one reaches `reader` in its turn. */
async function fallBehind(url: string, count: number) {
  const { client: stalled } = await RawClient.join(url, { name: 'stalled' });
  const { client: reader } = await RawClient.join(url, { name: 'reader' });
  const { client: sender } = await RawClient.join(url, { name: 'sender' });
  sender.ignore((frame) => frame.type === 'broadcast');
  stalled.socket.pause();
  const blob = 'x'.repeat(60_000);
  for (let i = 0; i < count; i++) {
    sender.frame('broadcast_request', { i, blob });
    expect((await reader.next()).payload).toMatchObject({ i });
  }
  return { stalled, sender };
}

// 18 MB: more than the system keeps for a socket that is not read (10 MB by Linux's defaults), and 1 MiB on top.
const BEHIND = 300;

test('a client that does not read for 2 s is dropped, while the others get everything and the sender its answers', async () => {
  const clock = new VirtualClock();
  const { url, relay } = await startEmbedded({ ...NO_PACE, bufferBytes: 1e8 }, { clock });
  const { stalled, sender } = await fallBehind(url, BEHIND);
  await clock.advance(1_999);
  expect(relay.counters.stalled).toBe(0);
  await clock.advance(1);
  expect(relay.counters.stalled).toBe(1);
  for (let i = 0; i < BEHIND; i++) expect((await sender.next()).payload).toEqual({ status: 'sent' });
  stalled.socket.resume();
  expect((await stalled.nextClose()).code).toBe(1006);
});

test('a client that catches up in time stays', async () => {
  const clock = new VirtualClock();
  const { url, relay } = await startEmbedded({ ...NO_PACE, bufferBytes: 1e8 }, { clock });
  const { stalled } = await fallBehind(url, BEHIND);
  await clock.advance(1_999);
  stalled.socket.resume();
  for (let i = 0; i < BEHIND; i++) expect((await stalled.next()).payload).toMatchObject({ i });
  await stalled.sync();
  await clock.advance(5_000);
  expect(relay.counters.stalled).toBe(0);
  expect(stalled.closed).toBeUndefined();
});

test('"sent" waits until every socket took the frame, but not longer than a stalled client is given', async () => {
  const clock = new VirtualClock();
  const { url, relay } = await startEmbedded({ ...NO_PACE, highWaterBytes: 1e8, bufferBytes: 1e8 }, { clock });
  const { client: stalled } = await RawClient.join(url, { name: 'stalled' });
  const { client: sender } = await RawClient.join(url, { name: 'sender' });
  sender.ignore((frame) => frame.type === 'broadcast');
  stalled.socket.pause();
  const blob = 'x'.repeat(500_000);
  let id = '';
  for (let answered = true; answered; ) {
    id = sender.frame('broadcast_request', blob);
    await sender.sync();
    await sender.sync();
    answered = sender.frames.length > 0;
    if (answered) expect(await sender.next()).toMatchObject({ reply_to: id, payload: { status: 'sent' } });
  }
  await clock.advance(1_999);
  await sender.sync();
  expect(sender.frames).toEqual([]);
  await clock.advance(1);
  expect(await sender.next()).toMatchObject({ reply_to: id, payload: { status: 'sent' } });
  expect(relay.counters.stalled).toBe(0);
});

test('what waits for one client is bounded', async () => {
  const { url, relay } = await startEmbedded({ stallMs: 60_000, ...NO_PACE, bufferBytes: 2_000_000 });
  const { client: stalled } = await RawClient.join(url, { name: 'stalled' });
  const { client: sender } = await RawClient.join(url, { name: 'sender' });
  sender.ignore(() => true);
  stalled.socket.pause();
  const blob = 'x'.repeat(500_000);
  for (let i = 0; i < 200 && relay.counters.stalled === 0; i++) {
    sender.frame('broadcast_request', blob);
    await sender.sync();
  }
  expect(relay.counters.stalled).toBe(1);
});

test('a client that answers no ping is dropped', async () => {
  const clock = new VirtualClock();
  const { url, relay } = await startEmbedded({}, { clock });
  const { client: silent } = await RawClient.join(url, { name: 'silent' });
  const { client: alive } = await RawClient.join(url, { name: 'alive' });
  silent.socket.pause();
  await clock.advance(20_000);
  await alive.sync();
  expect(relay.counters.silent).toBe(0);
  await clock.advance(20_000);
  expect(relay.counters.silent).toBe(1);
  expect(await alive.ask('ping')).toBe('pong');
});

test('a client that does not answer the close handshake is dropped', async () => {
  const clock = new VirtualClock();
  const { url } = await startEmbedded({}, { clock });
  const watch = await RawClient.join(url, { name: 'watch', role: 'dashboard' });
  const { client } = await RawClient.join(url, { name: 'a' });
  await watch.client.next();
  client.socket.pause();
  await RawClient.join(url, { name: 'a' });
  await watch.client.next();
  await clock.advance(1_000);
  expect((await watch.client.next()).type).toBe('server_client_list');
});
