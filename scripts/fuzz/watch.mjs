// Ends a run that a parser never comes back to, and says with which input.
import { writeSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

/** After so long a call counts as one without an end. */
const ENDLESS_MS = 30_000;
const LOOK_MS = 1_000;
/** Of the input that is told: its bytes, behind the count of calls and its own length. */
const HEAD = 8;
const LONGEST = 64 * 1024;

const encoder = new TextEncoder();

/** Sees each input before a parser does. */
export class Watch {
  #shared = new SharedArrayBuffer(HEAD + LONGEST);
  #numbers = new Int32Array(this.#shared, 0, 2);
  #bytes = new Uint8Array(this.#shared, HEAD);
  #worker = new Worker(new URL(import.meta.url), { workerData: this.#shared });

  next(input) {
    this.#numbers[0]++;
    this.#numbers[1] = encoder.encodeInto(input, this.#bytes).written;
  }

  async end() {
    await this.#worker.terminate();
  }
}

if (!isMainThread) {
  const numbers = new Int32Array(workerData, 0, 2);
  let seen = -1;
  let since = performance.now();
  setInterval(() => {
    const now = performance.now();
    if (numbers[0] === 0 || numbers[0] !== seen) [seen, since] = [numbers[0], now];
    if (now - since < ENDLESS_MS) return;
    const input = Buffer.from(new Uint8Array(workerData, HEAD, numbers[1])).toString();
    writeSync(2, `a call without an end, for ${JSON.stringify(input)}\n`);
    process.kill(process.pid, 'SIGKILL');
  }, LOOK_MS);
}
