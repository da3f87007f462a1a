import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { WebSocket } from 'ws';
import { isObject, type JsonObject } from '../../src/mesh/frame.js';
import { eventually } from './eventually.js';

/** An answer of the panel's server. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Whose certificate it is, is not what these clients look after. */
const ANYBODY = { rejectUnauthorized: false };

/** Asks the panel's server as any program could, with headers that no browser would send. */
export function ask(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body?: string,
): Promise<HttpAnswer> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent: false, ...ANYBODY }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** Opens a link and returns the cookie that it gives. */
export async function cookieOf(link: string): Promise<string> {
  const { headers } = await ask(link);
  return String(headers['set-cookie']).split(';')[0] ?? '';
}

/** A page's end of the panel's socket, without a browser. */
export class PageClient {
  /** All frames so far. */
  readonly frames: JsonObject[] = [];
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  private count = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => this.frames.push(JSON.parse(String(data)) as JsonObject));
    this.closed = new Promise((resolve) => socket.on('close', resolve));
  }

  /** Connects as a page of this origin would; rejects with the status of a refusal. */
  static async open(link: string, cookie: string, headers: Record<string, string> = {}): Promise<PageClient> {
    const { origin } = new URL(link);
    const url = `${origin.replace(/^http/, 'ws')}/live`;
    const socket = new WebSocket(url, { headers: { cookie, origin, ...headers }, ...ANYBODY });
    const client = new PageClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('unexpected-response', (_request, response) => {
        reject(new Error(`refused with ${response.statusCode}`));
        socket.terminate();
      });
      socket.on('error', reject);
    });
    return client;
  }

  /** Whether it is still connected. */
  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** The payloads of all frames of a type so far. */
  ofType(type: string): JsonObject[] {
    return this.frames.filter((frame) => frame['type'] === type).map(({ payload }) => payload as JsonObject);
  }

  /** All broadcasts of a `msg_type` so far. */
  broadcasts(msgType: string): JsonObject[] {
    return this.ofType('broadcast').filter((payload) => payload['msg_type'] === msgType);
  }

  send(type: string, payload: unknown, id?: string): void {
    this.socket.send(JSON.stringify({ type, payload, id }));
  }

  /** Ends `deafen`. */
  resume(): void {
    this.socket.resume();
  }

  raw(text: string | Buffer, fin = true): void {
    this.socket.send(text, { fin });
  }

  /** Reads nothing any more: a close stays unanswered. */
  deafen(): void {
    this.socket.pause();
  }

  /** Broadcasts a tap; returns its acknowledgement. */
  async command(payload: JsonObject): Promise<JsonObject> {
    const cmd = `tap-${++this.count}`;
    this.send('broadcast_request', { ...payload, _cmd: cmd, _from: 'somebody-else' });
    const ack = () => this.broadcasts('command_ack').find(({ cmd_id }) => cmd_id === cmd);
    await eventually(ack).toBeDefined();
    return ack() ?? {};
  }

  /** Asks something and resolves with the answer. */
  async ask(type: string, payload: unknown): Promise<JsonObject> {
    const id = `ask-${++this.count}`;
    this.send(type, payload, id);
    const reply = () => this.frames.find(({ reply_to }) => reply_to === id)?.['payload'];
    await eventually(reply).toBeDefined();
    const answer = reply();
    return isObject(answer) ? answer : {};
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
