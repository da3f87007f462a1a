import { once } from 'node:events';
import { WebSocketServer } from 'ws';

/** Stands in for the relay where a relay would be what limits: welcomes one program and counts its frames. */
export class Sink {
  frames = 0;
  #mark;
  #seen = () => {};

  static async open() {
    const sink = new Sink();
    sink.server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
    await once(sink.server, 'listening');
    sink.url = `ws://127.0.0.1:${sink.server.address().port}`;
    sink.joined = new Promise((resolve) => {
      sink.server.on('connection', (socket) => {
        socket.on('error', () => {});
        socket.on('message', (data) => sink.#take(socket, data, resolve));
      });
    });
    return sink;
  }

  /** Resolves once a frame holds this text. */
  sees(text) {
    return new Promise((resolve) => {
      this.#mark = text;
      this.#seen = resolve;
    });
  }

  async close() {
    for (const socket of this.server.clients) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #take(socket, data, joined) {
    this.frames++;
    if (this.#mark !== undefined && data.includes(this.#mark)) {
      this.#mark = undefined;
      this.#seen();
    }
    // A frame without an id wants no answer; parsing each of the floor's would make the sink the limit.
    const wantsAnswer = data.length > 10 && data.subarray(0, 10).toString() !== '{"id":null';
    if (!wantsAnswer && !data.includes('"identify"')) return;
    const { id, type } = JSON.parse(data);
    const reply = (type, payload, reply_to) => socket.send(JSON.stringify({ id: 'x', type, payload, reply_to }));
    if (type === 'identify') {
      reply('welcome', { id: 'p', name: 'p', channel: 'lab' }, null);
      joined();
    } else if (id !== null) reply(type, { status: 'sent' }, id);
  }
}
