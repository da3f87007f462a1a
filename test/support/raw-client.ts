import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { type ClientOptions, WebSocket } from 'ws';
import type { JsonObject, MeshFrame } from '../../src/mesh/frame.js';

/** Longest wait for a frame or a close, in ms. */
const PATIENCE_MS = 10_000;

/** A WebSocket client that sends whatever a test wants and keeps what comes, in order. */
export class RawClient {
  /** Frames not taken yet, as text. */
  readonly frames: string[] = [];
  /** How the socket was closed, once it was. */
  closed: { code: number; reason: string } | undefined;
  private tcp: Socket | undefined;
  private ignored: (frame: MeshFrame) => boolean = () => false;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      if (!this.ignored(JSON.parse(String(data)))) this.frames.push(String(data));
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
    socket.on('error', () => {}); // the close that follows tells
  }

  /** Opens a socket; resolves once it is open, which is before the relay has admitted anybody. */
  static async connect(
    url: string,
    headers: Readonly<Record<string, string>> = {},
    options: Pick<ClientOptions, 'maxPayload' | 'localAddress'> = {},
  ): Promise<RawClient> {
    const socket = new WebSocket(url, { perMessageDeflate: false, headers, ...options });
    const client = new RawClient(socket);
    socket.on('upgrade', ({ socket: tcp }) => {
      client.tcp = tcp;
    });
    await once(socket, 'open');
    return client;
  }

  /** Opens a socket, identifies, and resolves with the client and its id once welcome. */
  static async join(url: string, identity: JsonObject): Promise<{ client: RawClient; id: string }> {
    const client = await RawClient.connect(url);
    client.frame('identify', identity);
    const { payload } = await client.next();
    return { client, id: (payload as { id: string }).id };
  }

  /** Sends a text or binary message; does nothing once closed. */
  send(data: string | Buffer): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(data);
  }

  /** Sends messages so that they arrive in one piece. */
  sendTogether(messages: readonly (string | Buffer)[]): void {
    this.tcp?.cork();
    for (const message of messages) this.send(message);
    this.tcp?.uncork();
  }

  /** Sends a frame and returns its id. */
  frame(type: string, payload: unknown = null, replyTo: string | null = null): string {
    const id = randomUUID();
    this.send(JSON.stringify({ id, type, payload, reply_to: replyTo }));
    return id;
  }

  /** Sends a frame and resolves with the payload of the next frame, which must be its reply. */
  async ask(type: string, payload: unknown = null): Promise<unknown> {
    const id = this.frame(type, payload);
    const reply = await this.next();
    if (reply.reply_to !== id || reply.type !== type) throw new Error(`no reply to ${type}: ${JSON.stringify(reply)}`);
    return reply.payload;
  }

  /** Resolves with the next frame. */
  async next(): Promise<MeshFrame> {
    return JSON.parse(await this.nextText()) as MeshFrame;
  }

  /** Resolves with the next frame as text. */
  nextText(): Promise<string> {
    return this.poll(() => this.frames.shift(), 'no frame came');
  }

  /** Resolves with code and reason once the socket is closed. */
  nextClose(): Promise<{ code: number; reason: string }> {
    return this.poll(() => this.closed, 'it was not closed');
  }

  /** Resolves when the relay has read all that was sent, and all it sent before has arrived. */
  async sync(): Promise<void> {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    const answered = new Promise<void>((resolve) => {
      const done = () => {
        this.socket.off('pong', done);
        this.socket.off('close', done);
        resolve();
      };
      this.socket.on('pong', done);
      this.socket.on('close', done);
    });
    this.socket.ping();
    await answered;
  }

  /** Forgets the frames that `wanted` accepts, those not taken yet and those to come. */
  ignore(wanted: (frame: MeshFrame) => boolean): void {
    this.ignored = wanted;
    const kept = this.frames.filter((text) => !wanted(JSON.parse(text)));
    this.frames.splice(0, this.frames.length, ...kept);
  }

  private async poll<T>(look: () => T | undefined, failure: string): Promise<T> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (performance.now() > end)
        throw new Error(this.closed ? `${failure}: ${JSON.stringify(this.closed)}` : failure);
      await turn();
    }
  }
}
