import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** One page's socket, as the panel uses it. */
export interface PageSocket {
  /** Bytes handed over that the system has not taken yet. */
  readonly buffered: number;
  send(text: string): void;
  /** Starts the close handshake. */
  close(code: number, reason?: string): void;
  /** Ends the socket without a handshake. */
  drop(): void;
  ping(): void;
  /** Reads nothing more until `resume`. */
  pause(): void;
  resume(): void;
}

/** What the panel hears from a page's socket. */
export interface PageEvents {
  message(text: string): void;
  /** A sign of life. */
  beat(): void;
  /** Bytes of any kind came; the messages that were whole with them were told before. */
  came(bytes: number): void;
  /** The socket is gone; nothing follows. */
  closed(): void;
}

/** The largest frame of a page, in bytes. */
const MAX_FRAME = 64 * 1024;

/** Parts of one frame. Each of them, however short, keeps the whole chunk of 64 KiB in memory in which it came. */
const MAX_PARTS = 16;

/** Time for a page to answer the close handshake, in ms. */
const CLOSE_MS = 1_000;

const OPTIONS = {
  maxPayload: MAX_FRAME,
  maxFragments: MAX_PARTS,
  closeTimeout: CLOSE_MS,
  perMessageDeflate: false,
};

/** Turns upgraded HTTP connections into sockets of pages. */
export class Sockets {
  private readonly server = new WebSocketServer({ noServer: true, ...OPTIONS });

  /** Accepts an upgrade whose sender was checked. */
  accept(request: IncomingMessage, connection: Duplex, head: Buffer, attach: (socket: PageSocket) => PageEvents): void {
    this.server.handleUpgrade(request, connection, head, (socket) => {
      const events = attach(wrap(socket));
      listen(socket, events);
      connection.on('data', (chunk: Buffer) => events.came(chunk.length));
    });
  }
}

function wrap(socket: WebSocket): PageSocket {
  return {
    get buffered() {
      return socket.bufferedAmount;
    },
    send: (text) => {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    close: (code, reason) => hangUp(socket, code, reason),
    drop: () => socket.terminate(),
    ping: () => {
      if (socket.readyState === socket.OPEN) socket.ping();
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
}

/** Closes a socket; what its page says before it answers is not listened to any more. */
function hangUp(socket: WebSocket, code: number, reason?: string): void {
  socket.removeAllListeners('message');
  socket.close(code, reason);
}

function listen(socket: WebSocket, events: PageEvents): void {
  socket.on('message', (data, binary) => {
    if (binary) hangUp(socket, 1003);
    else events.message(String(data));
  });
  socket.on('ping', () => events.beat());
  socket.on('pong', () => events.beat());
  socket.on('error', () => {}); // a broken frame: `close` follows
  socket.on('close', () => events.closed());
}
