import { expect, test } from 'vitest';
import { EmbeddedRelay } from '../../src/relay/relay.js';
import { systemClock } from '../../src/system-clock.js';
import { startEmbedded } from '../support/embedded.js';
import { RawClient } from '../support/raw-client.js';
import { VirtualClock } from '../support/virtual-clock.js';

const TOKEN = 'correct horse battery';

test('the token in "token" opens the door; a client without one sees nothing before', async () => {
  const { url, relay } = await startEmbedded({}, { token: TOKEN });
  const client = await RawClient.connect(url);
  for (const type of ['ping', 'status_request', 'get_nodes', 'node_status', 'broadcast_request'])
    client.frame(type, {});
  client.frame('identify', { name: 'a', token: TOKEN });
  expect((await client.next()).type).toBe('welcome');
  expect(await client.ask('ping')).toBe('pong');
  expect(relay.counters.unidentified).toBe(5);
});

test.each([
  [{ token: 'wrong' }],
  [{ token: '' }],
  [{ token: null }],
  [{ token: [TOKEN] }],
  [{ token: `${TOKEN} ` }],
  [{ auth_token: TOKEN }],
  [{}],
])('%j is refused by closing with 1000, without a frame', async (wrong) => {
  const { url } = await startEmbedded({}, { token: TOKEN });
  const client = await RawClient.connect(url);
  client.frame('identify', { name: 'a', ...wrong });
  expect(await client.nextClose()).toEqual({ code: 1000, reason: '' });
  expect(client.frames).toEqual([]);
});

test('a token in the address, or in a header, opens no door', async () => {
  const { url } = await startEmbedded({}, { token: TOKEN });
  const places: [string, Record<string, string>][] = [
    [`${url}?token=${TOKEN}&auth_token=${TOKEN}`, {}],
    [url, { authorization: `Bearer ${TOKEN}`, cookie: `token=${TOKEN}` }],
  ];
  for (const [address, headers] of places) {
    const client = await RawClient.connect(address, headers);
    client.frame('identify', { name: 'a' });
    expect(await client.nextClose()).toEqual({ code: 1000, reason: '' });
  }
});

test('a refused client cannot go on: what it sends before the close is not looked at', async () => {
  const { url } = await startEmbedded({}, { token: TOKEN });
  const client = await RawClient.connect(url);
  client.frame('identify', { name: 'a', token: 'wrong' });
  client.frame('identify', { name: 'a', token: TOKEN });
  await client.nextClose();
  expect(client.frames).toEqual([]);
});

test('whoever does not identify in time is closed with 1000, however much it says', async () => {
  const clock = new VirtualClock();
  const { url } = await startEmbedded({}, { clock });
  const client = await RawClient.connect(url);
  await clock.advance(4_900);
  expect(await client.ask('ping')).toBe('pong');
  client.frame('identify', 'no object');
  await client.sync();
  await clock.advance(100);
  expect(await client.nextClose()).toEqual({ code: 1000, reason: '' });
});

test('a second identify closes with 1008', async () => {
  const { url } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'a' });
  client.frame('identify', { name: 'b' });
  expect(await client.nextClose()).toEqual({ code: 1008, reason: 'identify already processed' });
});

test.each([[{ name: 'x'.repeat(101) }], [{ name: 'x', channel: 'y'.repeat(101) }]])(
  'a name or channel of 101 characters closes with 1008',
  async (identity) => {
    const { url } = await startEmbedded();
    const client = await RawClient.connect(url);
    client.frame('identify', identity);
    expect(await client.nextClose()).toEqual({ code: 1008, reason: 'invalid name or channel' });
  },
);

test.each([
  [
    { name: 7, channel: 8, role: 9 },
    { name: '7', channel: '8', role: '9' },
  ],
  [
    { name: 'x', channel: '', role: null },
    { name: 'x', channel: 'default', role: 'node' },
  ],
  [
    { name: 'x', channel: ['a'], role: { a: 1 } },
    { name: 'x', channel: 'default', role: 'node' },
  ],
  [
    { name: 'x', role: 'r'.repeat(65) },
    { name: 'x', channel: 'default', role: 'node' },
  ],
  [{ name: "Carter's iPhone" }, { name: "Carter's iPhone", channel: 'default', role: 'node' }],
])('%j is listed as %j', async (identity, listed) => {
  const { url } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'watch', role: 'dashboard' });
  const { id } = await RawClient.join(url, identity);
  await client.next();
  expect(await client.ask('get_nodes')).toEqual({ clients: [{ id, ...listed }] });
});

test.each([
  [{ can_broadcast: ' YES ' }, true],
  [{ can_broadcast: 'on' }, true],
  [{ can_broadcast: '0' }, false],
  [{ can_broadcast: 'maybe' }, false],
  [{ can_broadcast: 1 }, false],
  [{ can_broadcast: false, role: 'node' }, false],
  [{ can_broadcast: null, role: 'node' }, true],
  [{ role: '__proto__' }, false],
])('%j may broadcast: %s', async (flags, allowed) => {
  const { url } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'a', role: 'viewer', ...flags });
  client.frame('broadcast_request', {});
  expect((await client.next()).type).toBe(allowed ? 'broadcast' : 'broadcast_request');
});

test.each([
  ['channel', { broadcast_scope: 'channel', can_monitor: true }],
  ['channel', { broadcast_scope: 'galaxy' }],
  ['global', { broadcast_scope: 'galaxy', can_monitor: true }],
  ['global', { broadcast_scope: 'global' }],
])('scope %s from %j', async (scope, flags) => {
  const { url } = await startEmbedded();
  const { client: far } = await RawClient.join(url, { name: 'far', channel: 'other' });
  const { client } = await RawClient.join(url, { name: 'a', channel: 'lab', can_broadcast: true, ...flags });
  client.frame('broadcast_request', {});
  await client.sync();
  await far.sync();
  expect(far.frames).toHaveLength(scope === 'global' ? 1 : 0);
});

test('a namesake evicts the first with 1000, and takes over routing by name at once', async () => {
  const { url } = await startEmbedded();
  const { client: first } = await RawClient.join(url, { name: 'bridge', channel: 'lab' });
  const { client: second } = await RawClient.join(url, { name: 'bridge', channel: 'lab' });
  const { client: phone } = await RawClient.join(url, { name: 'phone', channel: 'lab' });
  phone.frame('route_msg_noreply', { target_name: 'bridge', type: 'hello' });
  expect((await second.next()).type).toBe('hello');
  expect(await first.nextClose()).toEqual({ code: 1000, reason: '' });
});

test.each(['0.0.0.0', '::', '192.0.2.1', 'raspberrypi.local'])(
  'a relay on %s without a token does not start',
  async (host) => {
    for (const token of [undefined, '']) {
      const relay = new EmbeddedRelay({ host, port: 0, token, clock: systemClock() });
      await expect(relay.start()).rejects.toMatchObject({ code: 'relay/open', hint: expect.stringContaining('token') });
    }
  },
);

test('a busy port is named in the error', async () => {
  const { port } = await startEmbedded();
  const relay = new EmbeddedRelay({ host: '127.0.0.1', port, clock: systemClock() });
  await expect(relay.start()).rejects.toMatchObject({
    code: 'relay/port-busy',
    hint: expect.stringContaining(String(port)),
  });
  await relay.stop();
});

test('an address this machine does not have is an error, not a crash', async () => {
  const relay = new EmbeddedRelay({ host: '192.0.2.1', port: 0, token: TOKEN, clock: systemClock() });
  await expect(relay.start()).rejects.toMatchObject({ code: 'relay/listen' });
});

test('stop closes clients with 1001 and frees the port for the next start, also for the same relay', async () => {
  const { url, relay, port } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'a' });
  await relay.stop();
  expect(await client.nextClose()).toEqual({ code: 1001, reason: '' });
  await expect(RawClient.connect(url)).rejects.toThrow('ECONNREFUSED');
  const next = new EmbeddedRelay({ host: '127.0.0.1', port, clock: systemClock() });
  await next.start();
  await RawClient.join(url, { name: 'a' });
  await next.stop();
  expect((await relay.start()).url).not.toBe('');
});

test('a stopped relay leaves no timer behind', async () => {
  const clock = new VirtualClock();
  const { url, relay } = await startEmbedded({}, { clock });
  const { client: a } = await RawClient.join(url, { name: 'a', role: 'node' });
  const { id } = await RawClient.join(url, { name: 'b' });
  await RawClient.connect(url);
  a.frame('route_msg', { target_id: id, type: 'q' });
  expect(await a.ask('ping')).toBe('pong');
  expect(clock.timers).toBeGreaterThan(0);
  await relay.stop();
  expect(clock.timers).toBe(0);
});

test('stop does not wait for a client that does not read', async () => {
  const { url, relay } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'a' });
  client.socket.pause();
  const began = performance.now();
  await relay.stop();
  expect(performance.now() - began).toBeLessThan(1_500);
});

test('plain HTTP is told what the port speaks', async () => {
  const { url } = await startEmbedded();
  const response = await fetch(url.replace('ws:', 'http:'));
  expect(response.status).toBe(426);
});
