import { closeSync, symlinkSync, unlinkSync, writeSync } from 'node:fs';
import { openPty } from '../../dist/src/port/virtual-port-pty.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A board that says as much as is taken: it writes until the terminal is full, and again as soon as it is not. */
export class FloodBoard {
  #pty = openPty();
  #closed = false;

  /** @param {string} link the path that programs open */
  constructor(link) {
    this.link = link;
    symlinkSync(this.#pty.path, link);
  }

  /** Resolves once the system took everything; false where `until` came first. */
  async write(bytes, until = Number.POSITIVE_INFINITY) {
    for (let rest = bytes; rest.length > 0 && !this.#closed; ) {
      const taken = this.#some(rest);
      rest = rest.subarray(taken);
      if (taken > 0) continue;
      if (performance.now() > until) return false;
      await turn();
    }
    return !this.#closed;
  }

  /** One line, where there is room for it. */
  say(line) {
    this.#some(Buffer.from(`${line}\n`));
  }

  pull() {
    if (this.#closed) return;
    this.#closed = true;
    unlinkSync(this.link);
    closeSync(this.#pty.master);
    closeSync(this.#pty.slave);
  }

  #some(bytes) {
    try {
      return writeSync(this.#pty.master, bytes);
    } catch (error) {
      if (error.code === 'EAGAIN') return 0;
      throw error;
    }
  }
}

/** Floods with lines for `ms`; the values count up over all channels. Resolves with the number of lines. */
export async function floodLines(board, channels, ms) {
  const until = performance.now() + ms;
  let count = 0;
  while (performance.now() < until) {
    let text = '';
    for (let i = 0; i < 256; i++) text += `{"${channels[count++ % channels.length]}":${1_000_000_000_000 + count}}\n`;
    await board.write(Buffer.from(text));
    await turn();
  }
  return count;
}
