// Lines of JSON over a socket.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** Connects to a socket as soon as it is there; rejects after 5 s. */
export async function joinSocket(path) {
  const end = performance.now() + 5_000;
  for (;;) {
    const socket = connect(path);
    const error = await new Promise((resolve) => socket.once('connect', () => resolve()).once('error', resolve));
    if (!error) return socket.on('error', () => {});
    if (performance.now() > end) throw error;
    await sleep(20);
  }
}

/** Calls `heard` with each object that comes; the returned function sends one. */
export function jsonLines(socket, heard) {
  const lines = createInterface({ input: socket });
  lines.on('line', (line) => {
    if (line.trim()) heard(JSON.parse(line));
  });
  // The machine was switched off; its end is told by its process.
  lines.on('error', () => {});
  return (object) => void socket.write(`${JSON.stringify(object)}\n`);
}
