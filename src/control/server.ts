import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Clock, Timer } from '../clock.js';
import { BridgeError, describeError, isBridgeError } from '../error.js';
import type { Log } from '../log.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import type { PanelRole } from '../panel/sessions.js';
import { inUse } from '../state/folder-claim.js';
import { makeFolder } from '../state/make-folder.js';
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
  /** What tells each line on a device's wire, or each reading of a point, until its own result is called; else why not. */
  monitor(
    device: string,
    point: string | undefined,
  ): ((tell: (entry: JsonObject) => void) => () => void) | ControlAnswer;
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

/** What a folder says that takes no socket: it may only be read, is not ours to write, or full. */
const UNWRITABLE: ReadonlySet<unknown> = new Set(['EROFS', 'EACCES', 'ENOSPC', 'EDQUOT']);

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
    /** Where else it may be, if the state folder can't have it. */
    private readonly spares: readonly string[] = [],
  ) {}

  /** Listens; throws `control/in-use` when another bridge runs with this state folder, else other `control/…`. */
  async start(): Promise<void> {
    const usual = controlSocket(this.stateDir);
    try {
      await this.listenInState(usual);
    } catch (error) {
      if (!isUnwritable(error)) throw error;
      const path = await this.listenInSpare();
      if (path === undefined) throw error;
      this.log.warn({ path }, `${describeError(error)}; the command line finds the bridge at ${path} instead`);
    }
  }

  private async listenInState(path: string): Promise<void> {
    try {
      makeFolder(this.stateDir);
    } catch (cause) {
      const hint = 'set bridge.stateDir to a folder that this user may write';
      throw new BridgeError('control/state-dir', `can't make the state folder ${this.stateDir}`, { hint, cause });
    }
    await this.listen(path);
  }

  /** Resolves with the first spare place that takes the socket. */
  private async listenInSpare(): Promise<string | undefined> {
    for (const path of this.spares) {
      try {
        const folder = dirname(path);
        await mkdir(folder, { mode: 0o700 }).catch(() => {});
        // Nobody else may put a socket of his own in its place: only the owner of a folder can do this to it.
        if (!(await lstat(folder)).isDirectory()) continue;
        await chmod(folder, 0o700);
        await this.listen(path);
        return path;
      } catch (error) {
        if (isBridgeError(error, 'control/in-use')) throw error;
        this.log.debug({ err: error }, 'no place for the control socket');
      }
    }
    return undefined;
  }

  private async listen(path: string): Promise<void> {
    if (await isInUse(path)) throw inUse(this.stateDir);
    const failed = (cause: Error) =>
      new BridgeError('control/listen', `can't listen on ${path}: ${cause.message}`, { cause });
    await rm(path, { force: true }).catch((cause) => Promise.reject(failed(cause)));
    const server = createServer((socket) => this.serve(socket));
    server.maxConnections = MAX_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(failed(cause)));
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
      else if (op === 'monitor') return this.monitor(device, typeof point === 'string' ? point : undefined, send);
      else throw new Error('unknown request');
    } catch (error) {
      send({ ok: false, message: describeError(error) });
    }
    return undefined;
  }

  private monitor(
    device: string,
    point: string | undefined,
    send: (answer: JsonObject) => void,
  ): (() => void) | undefined {
    const watch = this.handlers.monitor(device, point);
    if (typeof watch !== 'function') {
      send(watch);
      return undefined;
    }
    send({ ok: true });
    return watch(send);
  }
}

/** Whether a folder took no socket though nothing is wrong with how it is named. */
function isUnwritable(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
  // A folder that this user may not even make is a wrong `bridge.stateDir`.
  return UNWRITABLE.has(code) && !(isBridgeError(error, 'control/state-dir') && code === 'EACCES');
}
