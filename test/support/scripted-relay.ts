import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { MeshFrame } from '../../src/mesh/frame.js';

/** What a scripted relay does; without a script it welcomes everybody and says `sent` to every broadcast. */
export interface Script {
  /** Answers `identify`. */
  identify?(client: ScriptedPeer, frame: MeshFrame): void;
  /** Answers every other frame. */
  frame?(client: ScriptedPeer, frame: MeshFrame): void;
}

/** One client as the scripted relay sees it. */
export class ScriptedPeer {
  /** All frames that it sent. */
  readonly frames: MeshFrame[] = [];
  /** Close code and reason, once it left. */
  closed: { code: number; reason: string } | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly tcp: Socket,
    script: Script,
  ) {
    socket.on('error', () => {});
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as MeshFrame;
      this.frames.push(frame);
      if (frame.type === 'identify') (script.identify ?? welcome)(this, frame);
      else (script.frame ?? confirm)(this, frame);
    });
  }

  /** Sends any text, or bytes as a text message. */
  send(text: string | Buffer): void {
    this.socket.send(text, { binary: false });
  }

  /** Sends texts without a pause, each as soon as the system took the one before, until what is returned is called. */
  flood(text: string): () => void {
    let going = true;
    const next = () => {
      if (going) this.socket.send(text, () => setImmediate(next));
    };
    next();
    return () => {
      going = false;
    };
  }

  /** Sends a part of a text message that goes on. */
  sendPart(text: string): void {
    this.socket.send(text, { binary: false, fin: false });
  }

  say(type: string, payload: unknown, replyTo: string | null = null): string {
    const id = randomUUID();
    this.send(JSON.stringify({ id, type, payload, reply_to: replyTo }));
    return id;
  }

  close(code: number, reason = ''): void {
    this.socket.close(code, reason);
  }

  /** Resolves once everything that the client sent so far has come. */
  async sync(): Promise<void> {
    this.socket.ping();
    await once(this.socket, 'pong');
  }

  /** Ends the connection as a killed process does. */
  kill(): void {
    this.tcp.resetAndDestroy();
  }

  /** Stops reading, so that pings stay unanswered: half-open. */
  pause(): void {
    this.socket.pause();
  }

  /** Frames of a type that came so far. */
  sent(type: string): MeshFrame[] {
    return this.frames.filter((frame) => frame.type === type);
  }
}

/** Welcomes a client. */
export function welcome(client: ScriptedPeer, frame: MeshFrame): void {
  const { name } = frame.payload as { name: string };
  client.say('welcome', { id: randomUUID(), name });
}

/** Says `sent` to a broadcast. */
export function confirm(client: ScriptedPeer, frame: MeshFrame): void {
  if (frame.type === 'broadcast_request') client.say(frame.type, { status: 'sent' }, frame.id);
}

/** A WebSocket server on 127.0.0.1 that behaves, or misbehaves, as a test's script says. */
export class ScriptedRelay {
  /** Everybody who ever connected, in order. */
  readonly peers: ScriptedPeer[] = [];
  readonly port: number;

  private constructor(
    private readonly server: WebSocketServer,
    script: Script,
  ) {
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket, request) => this.peers.push(new ScriptedPeer(socket, request.socket, script)));
  }

  /** Listens on `port`, any free one where absent. */
  static async start(script: Script = {}, port = 0): Promise<ScriptedRelay> {
    const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false });
    await once(server, 'listening');
    return new ScriptedRelay(server, script);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** The client that connected last. */
  get peer(): ScriptedPeer {
    const peer = this.peers.at(-1);
    if (!peer) throw new Error('nobody connected yet');
    return peer;
  }

  /** Resets every connection and frees the port. */
  async kill(): Promise<void> {
    for (const peer of this.peers) peer.kill();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
