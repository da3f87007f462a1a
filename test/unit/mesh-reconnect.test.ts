import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openingEnd } from '../../src/mesh/client-end.js';
import { MESH_TIMING } from '../../src/mesh/client-timing.js';
import { MeshSide, QUICK, stopClientsAfterEach, until } from '../support/mesh-side.js';
import { forEachRelay } from '../support/relays.js';
import { type Script, ScriptedRelay, welcome } from '../support/scripted-relay.js';

stopClientsAfterEach();

forEachRelay((_, make) => {
  it('comes back within 2 s after the relay was killed, with real waits, twice in a row', async () => {
    let relay = await make();
    const side = await new MeshSide(relay.url, {}, MESH_TIMING).join();
    for (let round = 1; round <= 2; round++) {
      await relay.kill();
      await until(() => side.moves.at(-1) === 'down');
      await until(() => side.log.lines.filter((line) => line.includes('nobody listens')).length >= round);
      relay = await make({ port: relay.port });
      const listening = performance.now();
      await until(() => side.client.ready);
      expect(performance.now() - listening).toBeLessThan(2000);
    }
    expect(side.moves).toEqual(['up', 'down', 'up', 'down', 'up']);
    expect(side.log.at('warn').length).toBeLessThanOrEqual(4);
    expect(side.log.at('info').some((line) => line.includes('works again after'))).toBe(true);
  });

  it('notices a relay that carries nothing any more, and comes back when it does', async () => {
    const relay = await make();
    const side = await new MeshSide(relay.url, {}, { ...QUICK, ping: 40, dead: 150, connect: 300 }).join();
    relay.freeze();
    const frozen = performance.now();
    await until(() => side.moves.length === 2);
    expect(performance.now() - frozen).toBeGreaterThan(50);
    expect(side.downs[0]).toContain('no sign of life');
    relay.thaw();
    await until(() => side.client.ready);
  });

  it('tries again slowly after a wrong token, says why, and never shows the token', async () => {
    const relay = await make({ token: 'right' });
    const side = new MeshSide(relay.url, { token: 'wrong-s3cret' });
    side.client.start();
    await until(() => side.log.at('warn').length === 1);
    expect(side.log.at('warn')[0]).toContain('the relay closed the connection before welcoming us');
    expect(side.log.at('warn')[0]).toContain('wrong token?');
    expect(side.log.at('warn')[0]).toContain('[mesh/refused]');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(side.log.lines).toHaveLength(1);
    expect(side.moves).toEqual([]);
    expect(side.log.all).not.toContain('s3cret');
  });

  it('ends a name war: backs off and says which name', async () => {
    const relay = await make();
    const timing = { ...QUICK, retry: { ...QUICK.retry, slow: 5000, slowMax: 6000 } };
    const a = await new MeshSide(relay.url, { name: 'twin', random: () => 0.1 }, timing).join();
    const b = await new MeshSide(relay.url, { name: 'twin', random: () => 0.9 }, timing).join();
    await until(() => [a, b].some((side) => side.log.at('error').length === 1));
    const loser = a.log.at('error').length === 1 ? a : b;
    const winner = loser === a ? b : a;
    expect(loser.log.at('error')[0]).toContain('another client has the name "twin"');
    await until(() => winner.client.ready);
    const moves = winner.moves.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(winner.moves).toHaveLength(moves);
    expect(loser.client.ready).toBe(false);
  });
});

describe('a relay that does not admit', () => {
  const cases: [string, Script, Partial<typeof QUICK>, RegExp][] = [
    ['keeps silent', { identify: () => {} }, { admission: 50 }, /did not welcome us within 0.05 s; .*token/],
    [
      'refuses the name',
      { identify: (peer) => peer.close(1008, 'invalid name or channel') },
      {},
      /name or channel not accepted/,
    ],
    ['has too many connections', { identify: (peer) => peer.close(4429, 'Too many') }, {}, /too many connections/],
  ];
  it.each(cases)('%s: one warning, a slow retry', async (_, script, waits, said) => {
    const relay = await ScriptedRelay.start(script);
    const side = new MeshSide(relay.url, {}, { ...QUICK, ...waits });
    side.client.start();
    await until(() => side.log.at('warn').length === 1);
    expect(side.log.at('warn')[0]).toMatch(said);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(relay.peers).toHaveLength(1);
    expect(side.moves).toEqual([]);
    await relay.kill();
  });

  it('slows down when the relay closes for too many frames', async () => {
    const relay = await ScriptedRelay.start({ frame: (peer) => peer.close(1008, 'Rate limit exceeded') });
    const side = await new MeshSide(relay.url).join();
    side.client.broadcast({});
    await until(() => side.moves.length === 2);
    expect(side.downs[0]).toContain('Rate limit exceeded');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(relay.peers).toHaveLength(1);
    await relay.kill();
  });

  it('waits longer and longer for one that welcomes and closes at once', async () => {
    const relay = await ScriptedRelay.start({
      identify: (peer, frame) => {
        welcome(peer, frame);
        peer.close(1011);
      },
    });
    const timing = { ...QUICK, retry: { ...QUICK.retry, flap: 10, flapMax: 10_000 } };
    const side = new MeshSide(relay.url, { random: () => 1 }, timing);
    side.client.start();
    await until(() => relay.peers.length === 5);
    const retries = side.log.lines.filter((line) => line.includes('1011'));
    expect(retries.filter((line) => line.startsWith('[warn]'))).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(relay.peers).toHaveLength(5);
    await relay.kill();
  });
});

describe('an address that is no relay', () => {
  it('answers HTTP', async () => {
    const server: Server = createServer((_, response) => response.writeHead(404).end());
    server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const side = new MeshSide(`ws://127.0.0.1:${port}/`);
    side.client.start();
    await until(() => side.log.at('warn').length === 1);
    expect(side.log.at('warn')[0]).toContain('answered HTTP 404');
    await side.client.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('has no TLS', async () => {
    const relay = await ScriptedRelay.start();
    const side = new MeshSide(relay.url.replace('ws:', 'wss:'));
    side.client.start();
    await until(() => side.log.at('warn').length === 1);
    expect(side.log.at('warn')[0]).toMatch(/without TLS needs ws:.*\[mesh\/tls\]/);
    await relay.kill();
  });

  it('never answers the upgrade', async () => {
    const sockets: Socket[] = [];
    const server = createTcpServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const side = new MeshSide(`ws://127.0.0.1:${port}/`, {}, { ...QUICK, connect: 50 });
    side.client.start();
    await until(() => side.log.at('debug').length >= 2);
    expect(side.log.at('warn')[0]).toContain('no answer within 0.05 s');
    await side.client.stop();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    ['ENOTFOUND', 'mesh/dns', 'unreachable'],
    ['EAI_AGAIN', 'mesh/dns', 'unreachable'],
    ['EHOSTUNREACH', 'mesh/unreachable', 'unreachable'],
    ['ECONNRESET', 'mesh/unreachable', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'mesh/tls-expired', 'not-relay'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'mesh/tls-untrusted', 'not-relay'],
    ['HPE_INVALID_CONSTANT', 'mesh/not-a-relay', 'not-relay'],
  ])('reports %s as %s', (code, expected, kind) => {
    const end = openingEnd(Object.assign(new Error('x'), { code }), 'ws://relay');
    expect(end).toMatchObject({ kind, error: { code: expected, hint: expect.any(String) } });
    const both = openingEnd(new AggregateError([Object.assign(new Error('x'), { code })]), 'ws://relay');
    expect(both.error.code).toBe(expected);
  });
});

describe('stopping', () => {
  it('takes a second at most, whatever the relay does', async () => {
    const relay = await ScriptedRelay.start();
    const side = await new MeshSide(relay.url, {}, { ...QUICK, stop: 100 }).join();
    relay.peer.pause();
    const before = performance.now();
    await side.client.stop();
    expect(performance.now() - before).toBeLessThan(1000);
    await relay.kill();
  });

  it('closes with 1000, and works before the welcome, between connections and before the start', async () => {
    const relay = await ScriptedRelay.start({ identify: () => {} });
    const side = new MeshSide(relay.url);
    side.client.start();
    await until(() => relay.peers[0]?.frames.length === 1);
    await side.client.stop();
    await until(() => relay.peer.closed?.code === 1000);
    expect(side.moves).toEqual([]);
    await relay.kill();
    const lonely = new MeshSide(relay.url);
    lonely.client.start();
    await until(() => lonely.log.lines.length >= 2);
    await lonely.client.stop();
    const lines = lonely.log.lines.length;
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(lonely.log.lines).toHaveLength(lines);
    await new MeshSide(relay.url).client.stop();
  });
});
