// Asks the world outside the machine: see host/desk.mjs for what it does.
import { readdirSync, writeSync } from 'node:fs';
import { systemKernel } from '/app/dist/src/port/chip-pins-kernel.js';

/** The kernel numbers the ports' controllers, and there is one. */
const PORT = readdirSync('/dev').find((name) => /^vport\d+p\d+$/.test(name));
const PATIENCE_MS = 10_000;

export class Desk {
  #kernel = systemKernel();
  #text = '';
  #waiting = [];

  constructor(path = `/dev/${PORT}`) {
    this.fd = this.#kernel.open(path);
    this.#kernel.unblock(this.fd);
    const buffer = Buffer.alloc(4096);
    const read = () => {
      this.#text += buffer.toString('utf8', 0, this.#kernel.read(this.fd, buffer));
      const lines = this.#text.split('\n');
      this.#text = lines.pop();
      for (const line of lines) this.#waiting.shift()?.(JSON.parse(line));
    };
    this.stop = this.#kernel.watch(this.fd, read, () => {});
  }

  /** Resolves with the answer. */
  async ask(verb, parts = {}) {
    const { value, error } = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${verb}`)), PATIENCE_MS);
      this.#waiting.push((answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      writeSync(this.fd, `${JSON.stringify({ verb, ...parts })}\n`);
    });
    if (error) throw new Error(`${verb}: ${error}`);
    return value;
  }

  close() {
    this.stop();
    this.#kernel.close(this.fd);
  }
}
