import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MeshFrame } from '../../src/mesh/frame.js';
import { MeshSide, QUICK, stopClientsAfterEach, until } from '../support/mesh-side.js';
import { ScriptedRelay } from '../support/scripted-relay.js';

interface Row {
  client: string;
  dir: 'open' | 'send' | 'recv' | 'close' | 'note';
  raw?: string;
  code?: number;
  reason?: string;
}

/** What one client of a recording of a 0.1.1 relay sent and got, in order. */
function recording(file: string, client: string): Row[] {
  const text = readFileSync(new URL(`../vectors/relay/${file}.jsonl`, import.meta.url), 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  return rows.filter((row) => row.client === client);
}

const frameOf = (row: Row) => JSON.parse(row.raw ?? 'null') as MeshFrame;

stopClientsAfterEach();

describe('recorded relays', () => {
  it('broadcasts come back before their `sent`, whatever the payload', async () => {
    const rows = recording('02-broadcast-own-echo', 'A');
    const relay = await ScriptedRelay.start({ identify: () => {}, frame: () => {} });
    const side = new MeshSide(relay.url);
    side.client.start();
    await until(() => relay.peers[0]?.frames.length === 1);
    const ours = new Map<string, string>();
    for (const row of rows) {
      const frame = frameOf(row);
      if (row.dir === 'recv') {
        const about = frame.reply_to === null ? null : (ours.get(frame.reply_to) ?? frame.reply_to);
        relay.peer.send(JSON.stringify({ ...frame, reply_to: about }));
        await until(() => side.client.ready);
      } else if (row.dir === 'send' && frame.type === 'broadcast_request' && frame.payload instanceof Object) {
        if (Array.isArray(frame.payload)) continue;
        side.client.broadcast(frame.payload as Record<string, unknown>);
        await until(() => relay.peer.sent('broadcast_request').length === 1);
        ours.set(frame.id, relay.peer.sent('broadcast_request')[0]?.id ?? '');
      }
    }
    await until(() => side.client.stats.received === rows.filter((row) => row.dir === 'recv').length);
    expect(side.broadcasts).toEqual([{ payload: { msg_type: 'metrics', cpu: 73, t: 75 }, sealed: false }]);
    expect(side.client.unanswered).toBe(0);
    expect(side.client.stats).toMatchObject({ unconfirmed: 0, handlerErrors: 0 });
    expect(side.client.stats.dropped).toMatchObject({ 'not-an-object': 3, 'stray-reply': 3, json: 0 });
    await relay.kill();
  });

  it('routed requests are answered with the id they came with, and nothing else is', async () => {
    const rows = recording('05-route-msg', 'B').filter((row) => row.dir === 'recv');
    const relay = await ScriptedRelay.start({ identify: () => {} });
    const side = new MeshSide(relay.url, {}, QUICK, {
      request: (type, payload, answer) => {
        answer({ ok: true, type, payload });
        return true;
      },
    });
    side.client.start();
    await until(() => relay.peers[0]?.frames.length === 1);
    for (const row of rows) relay.peer.send(row.raw ?? '');
    const requests = rows.map(frameOf).filter(({ type, reply_to }) => type !== 'welcome' && reply_to === null);
    expect(requests.length).toBeGreaterThan(5);
    await until(() => relay.peer.frames.length === 1 + requests.length);
    expect(relay.peer.frames.slice(1)).toMatchObject(
      requests.map(({ id, type, payload }) => ({ type, reply_to: id, payload: { ok: true, type, payload } })),
    );
    await relay.kill();
  });

  it('error objects and values of routed requests are told apart', async () => {
    const rows = recording('05-route-msg', 'A');
    const answers = rows.filter((row) => row.dir === 'recv').map(frameOf);
    const replies = answers.filter((frame) => frame.type === 'route_msg').map((frame) => frame.payload);
    const queue = [...replies];
    const relay = await ScriptedRelay.start({
      frame: (peer, { id, type }) => {
        if (type === 'get_nodes') peer.say(type, { clients: [{ id: 'b', name: 'b' }] }, id);
        else peer.say(type, queue.shift(), id);
      },
    });
    const side = await new MeshSide(relay.url).join();
    for (const reply of replies) {
      const asked = side.client.request('b', 'x', {});
      const failed = (reply as { status?: string }).status === 'failed';
      if (failed)
        await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/^mesh\/(no-target|not-allowed)$/) });
      else expect(await asked).toEqual(reply);
    }
    expect(replies.some((reply) => (reply as { status?: string }).status === 'failed')).toBe(true);
    await relay.kill();
  });

  it('a close for too many frames means: slowly', async () => {
    const close = recording('10-rate-limit', 'A').find((row) => row.dir === 'close');
    const relay = await ScriptedRelay.start();
    const side = await new MeshSide(relay.url).join();
    relay.peer.close(close?.code ?? 0, close?.reason);
    await until(() => side.moves.length === 2);
    expect(side.downs[0]).toBe(
      'the relay closed the connection (1008 Rate limit exceeded); lower publish.maxHz [mesh/limited]',
    );
    await relay.kill();
  });
});
