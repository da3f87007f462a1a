import { expect, onTestFinished, test } from 'vitest';
import { connectPhone, type Phone } from '../support/phone.js';
import { RawClient } from '../support/raw-client.js';
import { forEachRelay } from '../support/relays.js';
import { StrictRelay } from '../support/strict-relay.js';

const phoneAt = (url: string, name = 'phone', token?: string): Promise<Phone> =>
  connectPhone({ url, name, channel: 'lab', ...(token && { token }) });

forEachRelay((_name, make) => {
  test('two phones hear each other and themselves', async () => {
    const relay = await make();
    const a = await phoneAt(relay.url, 'a');
    const b = await phoneAt(relay.url, 'b');
    a.send({ msg_type: 'hello', n: 1 });
    const cmd = b.command({ msg_type: 'cmd', value: true });
    expect(await b.waitFor((payload) => payload['n'] === 1)).toEqual({ msg_type: 'hello', n: 1 });
    await a.waitFor((payload) => payload['msg_type'] === 'cmd');
    expect(a.frames('cmd')).toEqual([{ msg_type: 'cmd', value: true, _cmd: cmd, _from: 'b' }]);
    expect(a.frames('hello')).toHaveLength(1);
    await a.close();
    await b.close();
  });

  test('a phone asks another client', async () => {
    const relay = await make();
    const phone = await phoneAt(relay.url);
    const { client } = await RawClient.join(relay.url, { name: 'bridge', channel: 'lab' });
    const answer = phone.request('bridge', 'lab.describe', { a: 1 });
    const question = await client.next();
    expect(question).toMatchObject({ type: 'lab.describe', payload: { a: 1 }, reply_to: null });
    client.frame('lab.describe', { ok: true }, question.id);
    expect(await answer).toEqual({ ok: true });
    await expect(phone.request('nobody', 'x')).rejects.toThrow('no nobody in the roster');
  });

  test('a token keeps out who has none', async () => {
    const relay = await make({ token: 'correct horse' });
    await expect(phoneAt(relay.url)).rejects.toThrow('closed');
    await phoneAt(relay.url, 'phone', 'correct horse');
  });

  test('a wait in vain says what came instead', async () => {
    const relay = await make();
    const phone = await phoneAt(relay.url);
    phone.send({ msg_type: 'other' });
    await phone.waitFor((payload) => payload['msg_type'] === 'other');
    await expect(phone.waitFor((payload) => payload['msg_type'] === 'wanted', 10)).rejects.toThrow(/wanted.*other/s);
  });

  test('a killed relay drops everybody without a goodbye and can come back on its port', async () => {
    const relay = await make();
    const phone = await phoneAt(relay.url);
    await relay.kill();
    expect((await phone.closed).code).toBe(1006);
    await expect(phoneAt(relay.url)).rejects.toThrow('ECONNREFUSED');
    const again = await make({ port: relay.port });
    expect(again.url).toBe(relay.url);
    await phoneAt(again.url);
  });

  test('a stopped relay says goodbye', async () => {
    const relay = await make();
    const phone = await phoneAt(relay.url);
    await relay.stop();
    expect((await phone.closed).code).toBe(1001);
    await make({ port: relay.port });
  });

  test('a frozen network carries nothing, and everything after the thaw', async () => {
    const relay = await make();
    const phone = await phoneAt(relay.url);
    relay.freeze();
    phone.send({ msg_type: 'held' });
    await expect(phone.waitFor((payload) => payload['msg_type'] === 'held', 50)).rejects.toThrow('nothing');
    relay.thaw();
    await phone.waitFor((payload) => payload['msg_type'] === 'held');
  });

  test('a paused phone reads later what it missed', async () => {
    const relay = await make();
    const phone = await phoneAt(relay.url, 'a');
    const other = await phoneAt(relay.url, 'b');
    phone.pause();
    other.send({ msg_type: 'missed' });
    await other.waitFor((payload) => payload['msg_type'] === 'missed');
    expect(phone.broadcasts).toEqual([]);
    phone.resume();
    await phone.waitFor((payload) => payload['msg_type'] === 'missed');
  });
});

async function strict(token?: string): Promise<string> {
  const relay = new StrictRelay({ token });
  const port = await relay.start();
  onTestFinished(() => relay.stop());
  return `ws://127.0.0.1:${port}`;
}

test.each([
  [{ name: 'two words' }, 'invalid name or channel'],
  [{ name: '-a' }, 'invalid name or channel'],
  [{ name: 5 }, 'invalid name or channel'],
  [{}, 'invalid name or channel'],
  [{ name: 'a', channel: 'a b' }, 'invalid name or channel'],
])('the strict relay closes on %j with 1008 %s', async (identity, reason) => {
  const client = await RawClient.connect(await strict());
  client.frame('identify', identity);
  expect(await client.nextClose()).toEqual({ code: 1008, reason });
});

test('the strict relay: unauthorized, identify twice, rate and size', async () => {
  const closed = await RawClient.connect(await strict('secret'));
  closed.frame('identify', { name: 'a' });
  expect(await closed.nextClose()).toEqual({ code: 1008, reason: 'unauthorized' });

  const url = await strict();
  const { client: twice } = await RawClient.join(url, { name: '12.a' });
  twice.frame('identify', { name: 'b' });
  expect(await twice.nextClose()).toEqual({ code: 1008, reason: 'identify already processed' });

  const { client: fast } = await RawClient.join(url, { name: 'fast' });
  for (let i = 0; i < 50; i++) fast.send('rubbish');
  expect(await fast.nextClose()).toEqual({ code: 1008, reason: 'Rate limit exceeded' });

  const { client: big } = await RawClient.join(url, { name: 'big' });
  big.frame('broadcast_request', 'x'.repeat(262_144));
  expect((await big.nextClose()).code).toBe(1009);
});

test('the strict relay looks at nothing before identify, drops stray replies, lists the newcomer in its push', async () => {
  const url = await strict();
  const early = await RawClient.connect(url);
  early.frame('ping');
  early.frame('identify', { name: 'watch', role: 'dashboard' });
  const welcome = await early.next();
  expect(welcome.type).toBe('welcome');
  const { id } = welcome.payload as { id: string };
  const listed = { id, name: 'watch', channel: 'default', role: 'dashboard' };
  expect((await early.next()).payload).toEqual({ clients: [listed] });
  early.frame('ping', null, 'no-such-request');
  early.frame('handshake', { t: 1 });
  early.frame('status_request');
  expect(await early.ask('ping')).toBe('pong');
  expect(await early.ask('route_msg', 'str')).toEqual({ error: 'malformed route', status: 'failed' });
});

test('the strict relay answers a request in vain with "target timeout" and allows 16 at once', async () => {
  const url = await strict();
  const { client: target, id } = await RawClient.join(url, { name: 'target' });
  const { client: asker } = await RawClient.join(url, { name: 'asker' });
  for (let i = 0; i < 16; i++) asker.frame('route_msg', { target_id: id, type: 'q' });
  const tooMany = { error: 'too many outstanding routes', status: 'failed' };
  expect(await asker.ask('route_msg', { target_id: id, type: 'q' })).toEqual(tooMany);
  target.frame('q', null, (await target.next()).id);
  expect((await asker.next()).payload).toEqual({ error: 'target timeout', status: 'failed' });
});
