import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { BridgeError } from '../error.js';
import { type HttpServerOptions, listenHttp } from '../http/listen.js';
import { listenFailure } from '../http/listen-failure.js';
import { Places } from '../http/places.js';
import { Strangers } from '../http/strangers.js';

/** One accepted WebSocket, as the relay uses it. */
export interface RelaySocket {
  /** The peer's network address; forwarding headers are not believed. */
  readonly address: string;
  /** The Origin header, which only browsers send. */
  readonly origin: string | undefined;
  /** Bytes handed over that the system has not taken yet. */
  readonly buffered: number;
  /** Sends a text message; `accepted` runs once, when the system took it or the socket is gone. */
  send(message: Buffer, accepted: () => void): void;
  /** Starts the close handshake. */
  close(code: number, reason?: string): void;
  /** Ends the socket without a handshake. */
  drop(): void;
  ping(): void;
  /** Who is at the other end is welcome, and takes none of the strangers' places any more. */
  know(): void;
  /** Reads nothing more until `resume`. */
  pause(): void;
  resume(): void;
}

/** What the relay hears from one socket. */
export interface SocketEvents {
  /** A message; undefined when its bytes are not UTF-8. */
  message(text: string | undefined): void;
  /** A ping or pong of the peer. */
  beat(): void;
  /** Bytes of any kind came; the messages that were whole with them were told before. */
  came(bytes: number): void;
  /** The peer broke the protocol; its socket is being closed: 1009 for a long message, 1007 for an ill-formed one. */
  failed(): void;
  /** The socket is gone; nothing follows. */
  closed(): void;
}

/** A listening server. */
export interface RelayServer {
  readonly port: number;
  /** Takes no more connections; resolves when the port is free and the last socket is gone. */
  stopListening(): Promise<void>;
  /** Ends every socket that is left, without a handshake. */
  endAll(): void;
}

/** Where the relay listens, and what it reads. `connections`: of those who are welcome; strangers have half as many beside. */
export interface ListenOptions extends HttpServerOptions {
  readonly maxFrameBytes: number;
}

/** Parts of one message. Each of them, however short, keeps the whole chunk of 64 KiB in memory in which it came. */
const MAX_PARTS = 64;

/** Listens for WebSockets; rejects with `relay/port-busy` or `relay/listen` when it cannot. */
export async function listen(
  options: ListenOptions,
  accept: (socket: RelaySocket) => SocketEvents,
): Promise<RelayServer> {
  const unknown = Math.ceil(options.connections / 2);
  const http = await listenHttp({ ...options, connections: options.connections + unknown }).catch(
    (error: NodeJS.ErrnoException) => {
      throw listenError(error, options);
    },
  );
  http.on('request', (_request, response) => {
    response.writeHead(426, { connection: 'close' }).end('This port speaks WebSocket only.\n');
  });
  const strangers = new Strangers(unknown);
  const places = new Places(options.connections);
  http.on('connection', (socket) => strangers.add(socket));
  const frames = { maxPayload: options.maxFrameBytes, maxFragments: MAX_PARTS, perMessageDeflate: false };
  const server = new WebSocketServer({ server: http, ...frames });
  server.on('error', () => {}); // an accept that failed (too many open files): that connection is gone already
  server.on('connection', (socket, { socket: tcp, headers }) => {
    const know = () => {
      strangers.know(tcp);
      places.take(tcp);
    };
    const events = accept(wrap(socket, tcp.remoteAddress ?? '', headers.origin, know));
    attach(socket, events);
    tcp.on('data', (chunk: Buffer) => events.came(chunk.length));
  });
  return {
    port: (http.address() as AddressInfo).port,
    stopListening: () =>
      new Promise((done) => {
        http.close(() => done());
        http.closeIdleConnections();
      }),
    endAll: () => {
      for (const socket of server.clients) socket.terminate();
      http.closeAllConnections();
    },
  };
}

function wrap(socket: WebSocket, address: string, origin: string | undefined, know: () => void): RelaySocket {
  return {
    address,
    origin,
    get buffered() {
      return socket.bufferedAmount;
    },
    send: (message, accepted) => socket.send(message, { binary: false }, () => accepted()),
    close: (code, reason) => socket.close(code, reason),
    drop: () => socket.terminate(),
    ping: () => socket.ping(),
    know,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
}

function attach(socket: WebSocket, events: SocketEvents): void {
  socket.on('message', (data: Buffer, binary) => events.message(binary ? readUtf8(data) : data.toString()));
  socket.on('ping', () => events.beat());
  socket.on('pong', () => events.beat());
  socket.on('error', () => events.failed());
  socket.on('close', () => events.closed());
}

function readUtf8(data: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return undefined;
  }
}

function listenError(cause: NodeJS.ErrnoException, address: ListenOptions): BridgeError {
  const { message, hint } = listenFailure(address, cause, 'host and port');
  return new BridgeError(cause.code === 'EADDRINUSE' ? 'relay/port-busy' : 'relay/listen', message, { hint, cause });
}
