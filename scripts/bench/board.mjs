import { createVirtualPort } from '../../dist/src/port/virtual-port.js';
import { stamp } from './wait.mjs';

/** A board on a pseudo terminal, silent until it is told to speak. It answers `LED 7` with `{"led":7}`. */
export class Board {
  #heard = '';
  #dropped = 0;
  /** Called with the value of each command and the moment in ns. */
  onCommand = (_value, _at) => {};

  /** @param {string} link the path that programs open */
  constructor(link) {
    this.link = link;
    this.plug();
  }

  plug() {
    this.port = createVirtualPort({ link: this.link });
    this.port.onData((bytes) => this.#hear(bytes.toString('latin1')));
  }

  pull() {
    this.#dropped += this.port.dropped;
    this.port.close();
  }

  say(line) {
    this.port.send(`${line}\n`);
  }

  /** Bytes that nobody read in time: none in a sound run. */
  get dropped() {
    return this.#dropped + this.port.dropped;
  }

  #hear(text) {
    const lines = (this.#heard + text).split('\n');
    this.#heard = lines.pop() ?? '';
    for (const line of lines) {
      const value = /^LED (\S+)$/.exec(line)?.[1];
      if (value === undefined) continue;
      this.onCommand(value, stamp());
      this.say(`{"led":${value}}`);
    }
  }
}
