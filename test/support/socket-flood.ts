import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** What several sockets send: an opening, a frame of its own each once that is answered, and one piece without end. */
export interface Flood {
  readonly port: number;
  readonly opening: string;
  /** One for each socket. */
  readonly hellos: readonly Buffer[];
  readonly piece: Buffer;
}

/** A thread of its own, so that it is as quick as another machine. */
const SCRIPT = `
const { parentPort, workerData: { port, opening, hellos, piece } } = require('node:worker_threads');
const { connect } = require('node:net');
let open = 0;
for (const hello of hellos) {
  const socket = connect(port, '127.0.0.1', () => socket.write(opening));
  const go = () => {
    if (socket.destroyed) return;
    if (socket.write(piece)) setImmediate(go);
    else socket.once('drain', go);
  };
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.resume();
    socket.write(hello);
    if (++open === hellos.length) parentPort.postMessage('open');
    go();
  });
}`;

/** Begins it; resolves once every socket sends, with what ends them. */
export async function socketFlood(flood: Flood): Promise<() => Promise<unknown>> {
  const worker = new Worker(SCRIPT, { eval: true, workerData: flood });
  await once(worker, 'message');
  return () => worker.terminate();
}

/** Pongs that nobody asked for, some ten thousand in one piece. */
export const PONGS = Buffer.concat(Array<Buffer>(10_000).fill(Buffer.from([0x8a, 0x80, 0, 0, 0, 0])));

/** A text as a page or a member frames it. */
export function maskedText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = Buffer.from([0x81, 0xfe, bytes.length >> 8, bytes.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([head, bytes]);
}

/** How a WebSocket is asked for. */
export function upgradeOf(path: string, host: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const key = 'MDEyMzQ1Njc4OWFiY2RlZg==';
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${lines.join('')}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
}
