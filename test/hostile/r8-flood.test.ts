import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { CANARY } from '../support/hostile-scene.js';
import { cookieOf } from '../support/page-client.js';
import { embeddedRelay } from '../support/relays.js';
import { sceneOf } from '../support/scene-of.js';

/** Sends pongs that nobody asked for, as fast as they are taken, on several sockets. */
const FLOOD = `
const { workerData } = require('node:worker_threads');
const net = require('node:net');
const pongs = Buffer.concat(Array(10000).fill(Buffer.from([0x8a, 0x80, 0, 0, 0, 0])));
for (let i = 0; i < workerData.sockets; i++) {
  const socket = net.connect(workerData.port, '127.0.0.1', () => socket.write(workerData.hello));
  socket.on('error', () => {});
  socket.once('data', () => {
    (function go() {
      if (socket.destroyed) return;
      if (socket.write(pongs)) setImmediate(go);
      else socket.once('drain', go);
    })();
  });
}`;

describe('viewers whose pages send pongs without end', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  it('keep nobody waiting', async () => {
    const link = scene().rig.bridge.panel?.link('viewer') ?? '';
    const cookie = await cookieOf(link);
    const { origin, port, host } = new URL(link);
    const hello = `GET /live HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\nCookie: ${cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
    const worker = new Worker(FLOOD, { eval: true, workerData: { port: Number(port), hello, sockets: 4 } });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const began = performance.now();
    await scene().honestTap();
    const tap = performance.now() - began;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    delay.disable();
    await worker.terminate();
    expect({ stall_ms: Math.round(delay.max / 1e6), tap_ms: Math.round(tap) }).toEqual({ stall_ms: expect.toSatisfy((ms: number) => ms < 100), tap_ms: expect.toSatisfy((ms: number) => ms < 1_000) });
  }, 30_000);
});
