import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { MeshSide, QUICK, stopClientsAfterEach, until } from '../support/mesh-side.js';

stopClientsAfterEach();

/** A gateway that keeps a connection with a stale token open and says nothing to it. */
async function parkingGateway(good: string) {
  const tokens: string[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { type, payload } = JSON.parse(String(data));
      if (type !== 'identify') return;
      tokens.push(payload.token);
      const welcome = { id: 'w', type: 'welcome', payload: { id: 'us', name: payload.name }, reply_to: null };
      if (payload.token === good) socket.send(JSON.stringify(welcome));
    });
  });
  await new Promise((listening) => server.on('listening', listening));
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens };
}

it('a parked connection is noticed, told, and made anew with the token of the moment', async () => {
  const { url, tokens } = await parkingGateway('fresh');
  let token = 'stale';
  let refused = 0;
  const timing = { ...QUICK, admission: 50, retry: { ...QUICK.retry, slow: 20, slowMax: 30 } };
  const side = new MeshSide(url, { token: () => token }, timing, {
    refused: () => {
      if (++refused === 2) token = 'fresh';
    },
  });
  side.client.start();
  await until(() => side.client.ready);
  expect(tokens).toEqual(['stale', 'stale', 'fresh']);
  expect(side.moves).toEqual(['up']);
  expect(side.log.all).not.toContain('stale');
});
