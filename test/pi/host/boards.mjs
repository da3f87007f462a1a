// The boards that are plugged into the virtual Pi: whatever speaks the board protocol can be one.
import { BoardSimulator } from '../../../dist/devices/board/simulator.js';
import { systemClock } from '../../../dist/src/system-clock.js';
import { joinSocket } from './link.mjs';

/** Kinds of boards: each makes something with `plug({send, receive})` and `unplug()`. */
const KINDS = {
  simulated: (id, seed) => new BoardSimulator(systemClock(), seed, { identity: { id } }),
};

/** A board behind one of the machine's chardevs. */
export class Board {
  constructor(kind, id, path, seed) {
    this.board = KINDS[kind](id, seed);
    this.path = path;
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
