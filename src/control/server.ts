import { chmod, mkdir, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { BridgeError, describeError } from '../error.js';
import type { Log } from '../log.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import { askControl } from './client.js';
import { CONTROL_SOCKET, type ControlAnswer, lineSplitter } from './protocol.js';

/** What the control socket lets a person on this machine do. */
export interface ControlHandlers {
  get(device: string, point: string | undefined): ControlAnswer;
  set(device: string, point: string, value: unknown): Promise<ControlAnswer>;
  approve(device: string): Promise<ControlAnswer>;
  /** Calls `entry` for each line on a device's wire; the returned function ends that. Undefined: no such device. */
  monitor(device: string, entry: (entry: JsonObject) => void): (() => void) | undefined;
}

const MAX_CLIENTS = 16;
/** A watcher that reads this many bytes too slowly is hung up on. */
const MAX_BACKLOG = 1 << 20;

/** The unix socket through which the command line reaches the running bridge; it also keeps a second one out of the state folder. */
export class ControlServer {
  private server: Server | undefined;
  private readonly clients = new Set<Socket>();
  private readonly path: string;

  constructor(
    private readonly stateDir: string,
    private readonly handlers: ControlHandlers,
    private readonly log: Log,
  ) {
    this.path = join(stateDir, CONTROL_SOCKET);
  }

  /** Listens; throws `control/in-use` when another bridge runs with this state folder. */
  async start(): Promise<void> {
    try {
      await mkdir(this.stateDir, { recursive: true, mode: 0o700 });
    } catch (cause) {
      const hint = 'set bridge.stateDir to a folder that this user may write';
      throw new BridgeError('control/state-dir', `can't make the state folder ${this.stateDir}`, { hint, cause });
    }
    if (await isAnswered(this.path)) {
      const hint = 'stop it, or give this one its own bridge.stateDir';
      throw new BridgeError('control/in-use', `another bridge runs with the state folder ${this.stateDir}`, { hint });
    }
    await unlink(this.path).catch(() => {});
    const server = createServer((socket) => this.serve(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        reject(new BridgeError('control/listen', `can't listen on ${this.path}: ${cause.message}`, { cause }));
      });
      server.listen(this.path, resolve);
    });
    server.on('error', (error) => this.log.warn({ err: error }, 'control socket'));
    await chmod(this.path, 0o600);
    this.server = server;
  }

  /** Hangs up on everybody and removes the socket. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.clients) socket.destroy();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private serve(socket: Socket): void {
    if (this.clients.size >= MAX_CLIENTS) {
      socket.destroy();
      return;
    }
    this.clients.add(socket);
    socket.setEncoding('utf8');
    const ends: (() => void)[] = [];
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.clients.delete(socket);
      for (const end of ends) end();
    });
    const send = (answer: JsonObject) => {
      if (socket.writableLength > MAX_BACKLOG) socket.destroy();
      else if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
    };
    const onLine = (line: string) => {
      void this.answer(line, send).then((end) => {
        if (!end) return;
        if (socket.destroyed) end();
        else ends.push(end);
      });
    };
    socket.on('data', lineSplitter(onLine, () => socket.destroy()) as (chunk: Buffer | string) => void);
  }

  private async answer(line: string, send: (answer: JsonObject) => void): Promise<(() => void) | undefined> {
    try {
      const request: unknown = JSON.parse(line);
      if (!isObject(request) || typeof request['device'] !== 'string') throw new Error('a request names a device');
      const { op, device, point, value } = request;
      if (op === 'get') send(this.handlers.get(device as string, typeof point === 'string' ? point : undefined));
      else if (op === 'set' && typeof point === 'string') send(await this.handlers.set(device as string, point, value));
      else if (op === 'approve') send(await this.handlers.approve(device as string));
      else if (op === 'monitor') return this.monitor(device as string, send);
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

async function isAnswered(path: string): Promise<boolean> {
  try {
    await askControl(path, { op: 'get', device: '' }, 500);
    return true;
  } catch {
    return false;
  }
}
