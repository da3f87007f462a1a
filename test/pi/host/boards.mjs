// The board that is plugged into the virtual Pi: an emulated Arduino Uno with the firmware that a real one is flashed with.
import { readFileSync } from 'node:fs';
import { GREENHOUSE, GreenhouseUno } from '../../../dist/devices/board/avr-greenhouse.js';
import { systemClock } from '../../../dist/src/system-clock.js';
import { joinSocket } from './link.mjs';

const FIRMWARE = new URL('../../../devices/board/firmware/greenhouse-uno.hex', import.meta.url);

/** A board behind one of the machine's chardevs. */
export class Board {
  constructor(path, seed) {
    this.board = new GreenhouseUno(systemClock(), readFileSync(FIRMWARE, 'utf8'), seed);
    this.path = path;
  }

  /** Milliseconds that the emulator had to leave out, as it got too little of the processor. */
  get skippedMs() {
    return Math.round(this.board.board.skippedMs);
  }

  /** Whether the pump's pin is high: what is true, whatever anybody says. */
  get pump() {
    return this.board.board.pins.level(GREENHOUSE.pump);
  }

  /** Power on. The socket is a new one, so that nothing of the last time comes along. */
  async on() {
    const socket = await joinSocket(this.path);
    this.socket = socket;
    const wire = { send: (text) => this.say(text), receive: () => {} };
    this.board.plug(wire);
    socket.on('data', (bytes) => wire.receive(bytes.toString('latin1')));
  }

  off() {
    this.board.unplug();
    this.socket?.destroy();
    this.socket = undefined;
  }

  /** Sends raw text, whatever the board does. */
  say(text) {
    this.socket?.write(Buffer.from(text, 'latin1'));
  }

  /** Sends this text again and again, as fast as it is taken. */
  flood(text) {
    const { socket } = this;
    const piece = text.repeat(200);
    const more = () => {
      if (this.socket === socket) socket.write(piece, () => setImmediate(more));
    };
    more();
  }
}
