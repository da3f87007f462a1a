import { chmod, mkdir, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock, Timer } from '../clock.js';
import { BridgeError, describeError } from '../error.js';
import type { Log } from '../log.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import type { PanelRole } from '../panel/access.js';
import { isInUse } from './client.js';
import { type ControlAnswer, controlSocket, lineSplitter } from './protocol.js';

/** What the control socket lets a person on this machine do. */
export interface ControlHandlers {
  get(device: string, point: string | undefined): ControlAnswer;
  set(device: string, point: string, value: unknown, arm: boolean): Promise<ControlAnswer>;
  approve(device: string): Promise<ControlAnswer>;
  /** Approves every new board that is plugged in within `ms`. */
  approveNew(ms: number): ControlAnswer;
  /** How the bridge and each of its devices are doing. */
  status(): ControlAnswer;
  /** The layout for phones, as `layout`. */
  layout(): ControlAnswer;
  /** What layouts can listen to and send, as `contract`. */
  contract(): ControlAnswer;
  /** A link that lets one browser into the panel, as `link`. */
  panel(role: PanelRole): ControlAnswer;
  /** Shuts all browsers out of the panel; `count` of them. */
  panelRevoke(): Promise<ControlAnswer>;
  /** What a phone needs to join, as `text`. */
  pairing(): ControlAnswer;
  /** The last commands with origin and outcome, as `commands`. */
  audit(): ControlAnswer;
  /** Puts the layout on a phone: the one of this name, or the only one there. */
  push(phone: string | undefined): Promise<ControlAnswer>;
  /** Calls `entry` for each line on a device's wire; the returned function ends that. Undefined: no such device. */
  monitor(device: string, entry: (entry: JsonObject) => void): (() => void) | undefined;
}

const PLAIN = ['status', 'layout', 'contract', 'pairing', 'audit'] as const;

const isPlain = (op: unknown): op is (typeof PLAIN)[number] => PLAIN.some((known) => known === op);

const MAX_CLIENTS = 16;
/** Connections that the system holds for us at most, with those that are told that there are too many. */
const MAX_CONNECTIONS = 64;
/** A client that asks nothing for this long is hung up on, unless it watches a device. */
const IDLE_MS = 10_000;
/** How long a client that is one too many may take to read that. */
const REFUSAL_MS = 1_000;
/** A watcher that reads this many bytes too slowly is hung up on. */
const MAX_BACKLOG = 1 << 20;

/** The unix socket through which the command line reaches the running bridge; it also keeps a second one out of the state folder. */
export class ControlServer {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private clients = 0;

  constructor(
    private readonly stateDir: string,
    private readonly handlers: ControlHandlers,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Listens; throws `control/in-use` when another bridge runs with this state folder, else other `control/…`. */
  async start(): Promise<void> {
    const path = controlSocket(this.stateDir);
    try {
      await mkdir(this.stateDir, { recursive: true, mode: 0o700 });
    } catch (cause) {
      const hint = 'set bridge.stateDir to a folder that this user may write';
      throw new BridgeError('control/state-dir', `can't make the state folder ${this.stateDir}`, { hint, cause });
    }
    if (await isInUse(path)) {
      const hint = 'stop it, or give this one its own bridge.stateDir';
      throw new BridgeError('control/in-use', `another bridge runs with the state folder ${this.stateDir}`, { hint });
    }
    await unlink(path).catch(() => {});
    const server = createServer((socket) => this.serve(socket));
    server.maxConnections = MAX_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        reject(new BridgeError('control/listen', `can't listen on ${path}: ${cause.message}`, { cause }));
      });
      server.listen(path, resolve);
    });
    server.on('error', (error) => this.log.warn({ err: error }, 'control socket'));
    await chmod(path, 0o600);
    this.server = server;
  }

  /** Hangs up on everybody and removes the socket. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (this.clients >= MAX_CLIENTS) {
      this.refuse(socket);
      return;
    }
    this.clients++;
    socket.setEncoding('utf8');
    const ends: (() => void)[] = [];
    let idle: Timer = this.hangUpAfter(socket, IDLE_MS);
    socket.on('close', () => {
      idle.cancel();
      this.clients--;
      for (const end of ends) end();
    });
    const send = (answer: JsonObject) => {
      if (socket.writableLength > MAX_BACKLOG) socket.destroy();
      else if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
    };
    const onLine = (line: string) => {
      idle.cancel();
      void this.answer(line, send).then((end) => {
        if (end && socket.destroyed) end();
        else if (end) ends.push(end);
        if (ends.length > 0 || socket.destroyed) return;
        idle.cancel();
        idle = this.hangUpAfter(socket, IDLE_MS);
      });
    };
    socket.on('data', lineSplitter(onLine, () => socket.destroy()) as (chunk: Buffer | string) => void);
  }

  /** Says why, and leaves the client a moment to ask and to read it. */
  private refuse(socket: Socket): void {
    const refusal = { ok: false, code: 'busy', message: `${MAX_CLIENTS} others talk to the bridge already; try again` };
    socket.end(`${JSON.stringify(refusal)}\n`);
    socket.resume();
    const patience = this.hangUpAfter(socket, REFUSAL_MS);
    socket.on('close', () => patience.cancel());
  }

  private hangUpAfter(socket: Socket, ms: number): Timer {
    return this.clock.after(ms, () => socket.destroy());
  }

  private async answer(line: string, send: (answer: JsonObject) => void): Promise<(() => void) | undefined> {
    try {
      const request: unknown = JSON.parse(line);
      if (!isObject(request)) throw new Error('a request is an object');
      const { op, device, point, value, phone } = request;
      if (isPlain(op)) send(this.handlers[op]());
      else if (op === 'panel') send(this.handlers.panel(request['role'] === 'viewer' ? 'viewer' : 'operator'));
      else if (op === 'panel_revoke') send(await this.handlers.panelRevoke());
      else if (op === 'approve_new' && typeof request['ms'] === 'number') send(this.handlers.approveNew(request['ms']));
      else if (op === 'push') send(await this.handlers.push(typeof phone === 'string' ? phone : undefined));
      else if (typeof device !== 'string') throw new Error('a request names a device');
      else if (op === 'get') send(this.handlers.get(device, typeof point === 'string' ? point : undefined));
      else if (op === 'set' && typeof point === 'string')
        send(await this.handlers.set(device, point, value, request['arm'] === true));
      else if (op === 'approve') send(await this.handlers.approve(device));
      else if (op === 'monitor') return this.monitor(device, send);
      else throw new Error('unknown request');
    } catch (error) {
      send({ ok: false, message: describeError(error) });
    }
    return undefined;
  }

  private monitor(device: string, send: (answer: JsonObject) => void): (() => void) | undefined {
    const end = this.handlers.monitor(device, send);
    send(end ? { ok: true } : { ok: false, message: `there is no device ${device}` });
    return end;
  }
}
