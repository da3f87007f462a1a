import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { isBridgeError } from '../../src/error.js';
import { type Cipher, isEnvelope, roomCipher } from '../../src/mesh/e2ee.js';
import { isObject, type JsonObject, type MeshFrame } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';

/** Where and as whom a phone connects. */
export interface PhoneOptions {
  url: string;
  name: string;
  channel: string;
  token?: string;
  /** The certificate authority, or the certificate itself, that it trusts. */
  ca?: string;
  /** Seals what it broadcasts and asks, and opens what it gets. */
  roomKey?: string;
  /** Overrides parts of the identity: `{ role: 'viewer', can_broadcast: false }`. */
  identity?: JsonObject;
}

/** How long a phone waits for a welcome or a routed answer, in ms: longer than the 5 s the relay waits itself. */
const PATIENCE_MS = 6_000;

/** Connects as the app does (role `mobile`, may broadcast, route and see the roster); rejects when there is no welcome. */
export async function connectPhone(options: PhoneOptions): Promise<Phone> {
  const socket = new WebSocket(options.url, {
    perMessageDeflate: false,
    ...(options.ca !== undefined && { ca: options.ca }),
  });
  const { name, channel, roomKey } = options;
  const cipher = roomKey === undefined ? undefined : roomCipher(roomKey, { name, channel, clock: systemClock() });
  const phone = new Phone(socket, name, cipher);
  await once(socket, 'open');
  await phone.identify(options);
  return phone;
}

/** A dashboard on a phone: keeps every broadcast it gets, taps controls, asks the bridge. */
export class Phone {
  /** Payloads of all broadcasts so far, own ones included (but for sealed ones), in order of arrival. */
  readonly broadcasts: JsonObject[] = [];
  /** Resolves with the close code once the socket is gone. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Why broadcasts could not be opened, of those that could not. */
  readonly unopened: string[] = [];
  private readonly listeners = new Set<(frame: MeshFrame) => void>();
  private readonly gone = new Set<(code: number) => void>();

  constructor(
    private readonly socket: WebSocket,
    readonly name: string,
    private readonly cipher?: Cipher,
  ) {
    socket.on('error', () => {}); // the close that follows tells
    socket.on('message', (data) => this.receive(JSON.parse(String(data)) as MeshFrame));
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        for (const tell of this.gone) tell(code);
      });
    });
  }

  /** Sends `identify` and waits for the welcome; `connectPhone` does it. */
  async identify({ name, channel, token, identity }: PhoneOptions): Promise<void> {
    const rights = {
      role: 'mobile',
      can_broadcast: true,
      can_route: true,
      can_monitor: true,
      broadcast_scope: 'channel',
    };
    const welcome = this.next((frame) => frame.type === 'welcome', PATIENCE_MS, `a welcome for ${name}`);
    this.frame('identify', { name, channel, token: token ?? null, ...rights, ...identity });
    await welcome;
  }

  /** Broadcasts `payload`, and returns the id of the frame. */
  send(payload: unknown): string {
    return this.frame('broadcast_request', this.sealed(payload));
  }

  /** Broadcasts a tap as the app does, stamped with `_cmd` and `_from`; returns the `_cmd`. */
  command(payload: JsonObject): string {
    const id = randomUUID();
    this.send({ ...payload, _cmd: id, _from: this.name });
    return id;
  }

  /** Asks the client called `target`: looks its id up, routes `type` to it, resolves with the answer's payload. */
  async request(target: string, type: string, payload: unknown = null): Promise<unknown> {
    const roster = await this.ask('get_nodes', null);
    const clients = isObject(roster) && Array.isArray(roster['clients']) ? roster['clients'] : [];
    const found = clients.find((entry) => isObject(entry) && entry['name'] === target);
    if (!found) throw new Error(`${this.name}: no ${target} in the roster ${JSON.stringify(clients)}`);
    return this.opened(await this.ask('route_msg', { target_id: found.id, type, payload: this.sealed(payload) }));
  }

  /** Sends one frame of a relay verb and resolves with the payload of its reply. */
  async ask(type: string, payload: unknown, ms = PATIENCE_MS): Promise<unknown> {
    const id = randomUUID();
    const reply = this.next((frame) => frame.reply_to === id, ms, `the reply to ${type} ${JSON.stringify(payload)}`);
    this.frame(type, payload, id);
    return (await reply).payload;
  }

  /** Resolves with the first broadcast, past or to come, that `wanted` accepts; rejects after `ms` with what came instead. */
  async waitFor(wanted: (payload: JsonObject) => boolean, ms = 5_000): Promise<JsonObject> {
    const past = this.broadcasts.find(wanted);
    if (past) return past;
    const come = (frame: MeshFrame) => frame.type === 'broadcast' && isObject(frame.payload) && wanted(frame.payload);
    return (await this.next(come, ms, `a broadcast with ${wanted}`)).payload as JsonObject;
  }

  /** The broadcasts of one `msg_type` so far. */
  frames(msgType: string): JsonObject[] {
    return this.broadcasts.filter((payload) => payload['msg_type'] === msgType);
  }

  /** Stops reading, as a phone in a tunnel. */
  pause(): void {
    this.socket.pause();
  }

  /** Ends `pause`. */
  resume(): void {
    this.socket.resume();
  }

  /** Says goodbye and resolves once the socket is gone. */
  async close(): Promise<void> {
    this.socket.resume();
    this.socket.close(1000);
    await this.closed;
  }

  /** Calls `listener` with the payload of every broadcast from now on. */
  onBroadcast(listener: (payload: JsonObject) => void): void {
    this.listeners.add(({ type, payload }) => {
      if (type === 'broadcast' && isObject(payload)) listener(payload);
    });
  }

  /** Answers routed requests of a type from now on. */
  onRequest(type: string, answer: (payload: unknown) => unknown): void {
    this.listeners.add((frame) => {
      if (frame.type !== type || frame.reply_to) return;
      const reply = { id: randomUUID(), type, payload: answer(this.opened(frame.payload)), reply_to: frame.id };
      this.socket.send(JSON.stringify(reply));
    });
  }

  /** Sends a frame of any type; returns its id. */
  frame(type: string, payload: unknown, id: string = randomUUID()): string {
    this.socket.send(JSON.stringify({ id, type, payload, reply_to: null }));
    return id;
  }

  private sealed(payload: unknown): unknown {
    return this.cipher && isObject(payload) ? this.cipher.seal(payload) : payload;
  }

  private opened(payload: unknown): unknown {
    return this.cipher && isEnvelope(payload) ? this.cipher.open(payload).payload : payload;
  }

  private receive(frame: MeshFrame): void {
    if (frame.type === 'broadcast') {
      if (this.cipher?.isOwn(frame.payload)) return;
      try {
        frame.payload = this.opened(frame.payload);
      } catch (error) {
        if (!isBridgeError(error)) throw error;
        this.unopened.push(error.code);
        return;
      }
    }
    if (frame.type === 'broadcast' && isObject(frame.payload)) this.broadcasts.push(frame.payload);
    for (const listener of [...this.listeners]) listener(frame);
  }

  private next(wanted: (frame: MeshFrame) => boolean, ms: number, what: string): Promise<MeshFrame> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.listeners.delete(look);
        this.gone.delete(fail);
      };
      const fail = (why: number | string) => {
        end();
        const last = this.broadcasts.slice(-10).map((payload) => JSON.stringify(payload).slice(0, 300));
        const reason = typeof why === 'number' ? `the socket was closed with ${why}` : why;
        reject(
          new Error(
            `${this.name} waited for ${what}: ${reason}; last of ${this.broadcasts.length}:\n${last.join('\n')}`,
          ),
        );
      };
      const look = (frame: MeshFrame) => {
        if (!wanted(frame)) return;
        end();
        resolve(frame);
      };
      const timer = setTimeout(() => fail(`nothing within ${ms} ms`), ms);
      this.listeners.add(look);
      this.gone.add(fail);
      if (this.socket.readyState === WebSocket.CLOSED) fail('the socket is closed');
    });
  }
}
