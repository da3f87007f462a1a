import { expect, test } from 'vitest';
import { startEmbedded } from '../support/embedded.js';
import { RawClient } from '../support/raw-client.js';
import { VirtualClock } from '../support/virtual-clock.js';

const ALL = { can_broadcast: true, can_route: true, can_monitor: true, broadcast_scope: 'channel' };
const failed = (error: string) => ({ error, status: 'failed' });

test('ping, status_request and handshake are answered from the relay itself', async () => {
  const clock = new VirtualClock();
  const { url } = await startEmbedded({}, { clock });
  const { client, id } = await RawClient.join(url, { name: 'a' });
  await clock.advance(1_500);
  expect(await client.ask('ping')).toBe('pong');
  expect(await client.ask('status_request')).toEqual({
    name: 'a',
    id,
    status: 'online',
    uptime: 1.5,
    memory_usage: 'unknown',
  });
  const wall = (clock.wall() ?? 0) / 1_000;
  expect(await client.ask('handshake', { t: wall - 2 })).toEqual({ server_id: id, l: 2 });
  expect(await client.ask('handshake', { t: '123.5' })).toEqual({ server_id: id, l: wall - 123.5 });
});

test.each([[{}], [null], [{ t: 'soon' }], [{ t: '' }], [{ t: [1] }], [{ t: null }]])(
  'a handshake with %j stays unanswered',
  async (payload) => {
    const { url } = await startEmbedded();
    const { client } = await RawClient.join(url, { name: 'a' });
    client.frame('handshake', payload);
    expect(await client.ask('ping')).toBe('pong');
  },
);

test('a relay whose clock is not set does not answer handshakes', async () => {
  const clock = new VirtualClock();
  clock.epoch = undefined;
  const { url } = await startEmbedded({}, { clock });
  const { client } = await RawClient.join(url, { name: 'a' });
  client.frame('handshake', { t: 1 });
  expect(await client.ask('ping')).toBe('pong');
});

test.each([
  ['broadcast_request', 'broadcast not allowed'],
  ['service_log', 'log broadcast not allowed'],
  ['request_prediction', 'broadcast not allowed'],
  ['prediction_result', 'broadcast not allowed'],
  ['iCloud_data_Broadcast', 'broadcast not allowed'],
  ['place_visit_Broadcast', 'broadcast not allowed'],
])('%s needs the right to broadcast', async (type, error) => {
  const { url } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'a', role: 'viewer' });
  expect(await client.ask(type, {})).toEqual(failed(error));
});

test.each(['set_power', 'broadcast', 'chat_message', '__proto__', 'constructor', 'welcome', 'server_client_list'])(
  'a frame of type %s is dropped and counted',
  async (type) => {
    const { url, relay } = await startEmbedded();
    const { client, id } = await RawClient.join(url, { name: 'a' });
    client.frame(type, { id: 'i-chose-this' });
    expect(await client.ask('status_request')).toMatchObject({ id });
    expect(relay.counters.unknown_type).toBe(1);
  },
);

test.each([
  ['malformed', 'not json'],
  ['malformed', ''],
  ['malformed', '{"id":"1",'],
  ['malformed', '[1,2]'],
  ['malformed', 'null'],
  ['malformed', '42'],
  ['unknown_type', '{}'],
  ['unknown_type', '{"type":["ping"],"id":"x"}'],
  ['malformed', '{"id":"n","type":"broadcast_request","payload":{"v":NaN}}'],
  ['malformed', '{"id":"n","type":"broadcast_request","payload":{"v":-Infinity}}'],
  ['not_finite', '{"id":"n","type":"broadcast_request","payload":{"v":1E400}}'],
  ['not_finite', '{"id":"n","type":"broadcast_request","payload":[[{"v":-1e999}]]}'],
  ['too_deep', `{"id":"n","type":"broadcast_request","payload":${'['.repeat(64)}${']'.repeat(64)}}`],
  ['too_deep', `{"id":"n","type":"ping","payload":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
] as const)('a %s message is dropped, counted, and closes nothing: %s', async (reason, text) => {
  const { url, relay } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'a' });
  client.send(text);
  expect(await client.ask('ping')).toBe('pong');
  expect(relay.counters[reason]).toBe(1);
});

test('63 levels of payload pass', async () => {
  const { url } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'a' });
  client.send(`{"id":"n","type":"broadcast_request","payload":${'['.repeat(63)}${']'.repeat(63)}}`);
  expect((await client.next()).type).toBe('broadcast');
});

test('ids of any kind are echoed, absent ones as null; unknown keys and an empty reply_to do not matter; binary is text', async () => {
  const { url } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'a' });
  client.send('{"type":"ping"}');
  client.send('{"type":"ping","id":7}');
  client.send('{"type":"ping","id":"e1","extra":1,"reply_to":""}');
  client.send(Buffer.from('{"type":"ping","id":"bin"}'));
  const replies = [await client.next(), await client.next(), await client.next(), await client.next()];
  expect(replies.map((frame) => frame.reply_to)).toEqual([null, 7, 'e1', 'bin']);
});

test('binary that is not UTF-8 closes its sender with 1011', async () => {
  const { url } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'a' });
  client.send(Buffer.from([0xff, 0xfe, 0x7b]));
  expect(await client.nextClose()).toEqual({ code: 1011, reason: '' });
});

test('payloads arrive as they were sent: own keys named __proto__, text, nothing', async () => {
  const { url } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'a' });
  for (const payload of ['{"__proto__":{"x":1}}', '"é🙂"', '"\\ud800"', 'null', '[1.5,2]', '12345678901234567890']) {
    client.send(`{"id":"n","type":"broadcast_request","payload":${payload}}`);
    expect(JSON.stringify((await client.next()).payload)).toBe(JSON.stringify(JSON.parse(payload)));
    expect((await client.next()).payload).toEqual({ status: 'sent' });
  }
});

test('a burst of one sender arrives whole and in order, also while a routed request hangs', async () => {
  const { url } = await startEmbedded({ framesPerSecond: 0 });
  const { client: b, id } = await RawClient.join(url, { name: 'b' });
  const { client: a } = await RawClient.join(url, { name: 'a' });
  a.frame('route_msg', { target_id: id, type: 'slow' });
  const ids = Array.from({ length: 300 }, (_, i) => a.frame('broadcast_request', { i }));
  expect((await b.next()).type).toBe('slow');
  for (let i = 0; i < 300; i++) expect((await b.next()).payload).toEqual({ i });
  const sent: unknown[] = [];
  while (sent.length < 300) {
    const frame = await a.next();
    if (frame.type === 'broadcast_request') sent.push(frame.reply_to);
  }
  expect(sent).toEqual(ids);
});

test('an answer nobody waits for is dropped and counted, whatever its type', async () => {
  const { url, relay } = await startEmbedded();
  const { client } = await RawClient.join(url, { name: 'a' });
  client.frame('ping', 'pong', 'no-such-request');
  client.frame('broadcast_request', { msg_type: 'x' }, 'no-such-request');
  client.frame('identify', { name: 'b' }, 'no-such-request');
  expect(await client.ask('ping')).toBe('pong');
  expect(relay.counters.stray_reply).toBe(3);
});

test('only the client that was asked may answer, and only in time', async () => {
  const clock = new VirtualClock();
  const { url, relay } = await startEmbedded({}, { clock });
  const { client: asker } = await RawClient.join(url, { name: 'asker', ...ALL, can_monitor: false });
  const { client: target, id } = await RawClient.join(url, { name: 'target' });
  const { client: other } = await RawClient.join(url, { name: 'other' });
  const request = asker.frame('route_msg', { target_id: id, type: 'q' });
  const question = await target.next();
  other.frame('q', 'forged', question.id);
  await other.sync();
  target.frame('q', 'true', question.id);
  expect(await asker.next()).toMatchObject({ type: 'route_msg', payload: 'true', reply_to: request });

  asker.frame('route_msg', { target_id: id, type: 'q' });
  const late = await target.next();
  await clock.advance(5_000);
  target.frame('q', 'late', late.id);
  await target.sync();
  expect(await asker.ask('ping')).toBe('pong');
  expect(relay.counters.stray_reply).toBe(2);
});

test('a client may have only so many routed requests waiting; answers make room', async () => {
  const { url } = await startEmbedded({ routesPerClient: 2 });
  const { client: asker } = await RawClient.join(url, { name: 'asker', can_route: true });
  const { client: target, id } = await RawClient.join(url, { name: 'target' });
  asker.frame('route_msg', { target_id: id, type: 'q' });
  asker.frame('route_msg', { target_id: id, type: 'q' });
  expect(await asker.ask('route_msg', { target_id: id, type: 'q' })).toEqual(failed('too many outstanding routes'));
  target.frame('q', 1, (await target.next()).id);
  expect((await asker.next()).payload).toBe(1);
  asker.frame('route_msg', { target_id: id, type: 'q' });
  await target.next();
  expect((await target.next()).type).toBe('q');
});

test('requests to a client that leaves are forgotten', async () => {
  const { url } = await startEmbedded({ routesPerClient: 1 });
  const { client: asker } = await RawClient.join(url, { name: 'asker', ...ALL });
  const { client: target, id } = await RawClient.join(url, { name: 'target' });
  await asker.next();
  asker.frame('route_msg', { target_id: id, type: 'q' });
  await target.next();
  target.socket.close();
  expect((await asker.next()).type).toBe('server_client_list');
  const { id: second } = await RawClient.join(url, { name: 'second' });
  await asker.next();
  asker.frame('route_msg', { target_id: second, type: 'q' });
  expect(await asker.ask('ping')).toBe('pong');
});

test('a routed message without a type goes nowhere', async () => {
  const { url } = await startEmbedded();
  const { client: a } = await RawClient.join(url, { name: 'a' });
  const { client: b, id } = await RawClient.join(url, { name: 'b' });
  a.frame('route_msg', { target_id: id });
  a.frame('route_msg_noreply', { target_name: 'b', type: 5 });
  expect(await a.ask('ping')).toBe('pong');
  expect(await b.ask('ping')).toBe('pong');
});
