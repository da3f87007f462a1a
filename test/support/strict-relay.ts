import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** Options of a StrictRelay. */
export interface StrictRelayOptions {
  token?: string | undefined;
}

interface Member {
  socket: WebSocket;
  address: string;
  id: string;
  name: string;
  channel: string;
  role: string;
  broadcast: boolean;
  route: boolean;
  cross: boolean;
  monitor: boolean;
  global: boolean;
  admitted: boolean;
  frames: number[];
  inFlight: number;
}

interface Route {
  asker: Member;
  target: Member;
  answer(payload: unknown): void;
}

type Json = Record<string, unknown>;

const NAME = /^(?:[0-9]{1,32}\.)?[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const ORIGINS = ['http://127.0.0.1', 'http://localhost'];

/**
 * A relay that behaves as MeshSocket 0.2: one identify per socket and nothing before it, the name grammar, 50 frames/s, 256 KiB, 16 routes
 * and 64 frames in flight per client, answers to silence, stalled clients dropped after 2 s. Written apart from the embedded relay, as a cross-check.
 */
export class StrictRelay {
  private server: WebSocketServer | undefined;
  private readonly members = new Set<Member>();
  private readonly routes = new Map<string, Route>();

  constructor(private readonly options: StrictRelayOptions = {}) {}

  /** Listens on a free port of 127.0.0.1 and resolves with it. */
  async start(): Promise<number> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 262_144 });
    server.on('connection', (socket, request) =>
      this.open(socket, request.socket.remoteAddress ?? '', request.headers.origin),
    );
    await once(server, 'listening');
    this.server = server;
    return (server.address() as AddressInfo).port;
  }

  /** Closes every client with 1001 and stops listening. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    for (const member of this.members) member.socket.close(1001);
    const timer = setTimeout(() => {
      for (const socket of server.clients) socket.terminate();
    }, 250);
    await new Promise((resolve) => server.close(resolve));
    clearTimeout(timer);
  }

  private open(socket: WebSocket, address: string, origin: string | undefined): void {
    const pending = [...this.members].filter((other) => !other.admitted && other.address === address).length;
    const member = stranger(socket, address);
    socket.on('error', () => {});
    if (origin !== undefined && !ORIGINS.includes(origin)) {
      socket.close(1008, 'origin not allowed');
      return;
    }
    if (pending >= 10) {
      socket.close(4429, 'Too many pending connections');
      return;
    }
    this.members.add(member);
    const timer = setTimeout(() => member.admitted || socket.close(1000), 5_000);
    const beat = setInterval(() => socket.ping(), 20_000);
    socket.on('message', (data) => this.receive(member, String(data)));
    socket.on('close', () => {
      clearTimeout(timer);
      clearInterval(beat);
      this.leave(member);
    });
  }

  private receive(member: Member, text: string): void {
    if (member.socket.readyState !== member.socket.OPEN) return;
    const now = performance.now();
    member.frames = member.frames.filter((then) => now - then < 1_000);
    if (member.frames.push(now) > 50) {
      member.socket.close(1008, 'Rate limit exceeded');
      return;
    }
    const frame = parse(text);
    if (!frame) return;
    if (frame['reply_to']) {
      this.answer(member, frame);
    } else if (frame['type'] === 'identify') {
      this.identify(member, frame['payload'] ?? {});
    } else if (member.admitted) {
      member.inFlight += 1;
      if (member.inFlight >= 64) member.socket.pause();
      void this.serve(member, frame).then((result) => {
        member.inFlight -= 1;
        if (member.inFlight < 64) member.socket.resume();
        if (result !== undefined) void deliver(member, String(frame['type']), result, frame['id'] ?? null);
      });
    }
  }

  private identify(member: Member, payload: unknown): void {
    const wish = (isJson(payload) ? payload : {}) as Json;
    const refusal = member.admitted
      ? 'identify already processed'
      : this.options.token !== undefined && wish['token'] !== this.options.token
        ? 'unauthorized'
        : describe(member, wish)
          ? undefined
          : 'invalid name or channel';
    if (refusal) {
      member.socket.close(1008, refusal);
      return;
    }
    const namesake = this.admitted().find((other) => other.name === member.name);
    if (namesake) {
      namesake.admitted = false;
      namesake.socket.close(1000);
    }
    member.admitted = true;
    void deliver(member, 'welcome', { id: member.id, name: member.name });
    this.push();
  }

  /** Resolves with the answer to one frame, or undefined for none. */
  private async serve(member: Member, frame: Json): Promise<unknown> {
    const payload = frame['payload'] ?? null;
    switch (frame['type']) {
      case 'broadcast_request':
        return this.spread(member, 'broadcast', payload, 'sent');
      case 'node_status':
      case 'service_log':
        return this.spread(member, frame['type'], payload, 'broadcasted');
      case 'get_nodes':
        return { clients: this.seenBy(member).filter((entry) => entry.id !== member.id) };
      case 'ping':
        return 'pong';
      case 'route_msg':
        return this.route(member, payload);
      case 'route_msg_noreply': {
        const target = this.admitted().find((other) => isJson(payload) && other.name === payload['target_name']);
        const refusal = routeRefusal(member, target, payload);
        if (!target || refusal) return failed(refusal);
        void deliver(target, (payload as Json)['type'], (payload as Json)['payload'] ?? null);
        return undefined;
      }
      default:
        return undefined;
    }
  }

  private async spread(member: Member, type: string, payload: unknown, status: string): Promise<unknown> {
    if (!member.broadcast)
      return failed(type === 'service_log' ? 'log broadcast not allowed' : 'broadcast not allowed');
    const peers = this.admitted().filter((other) => member.global || other.channel === member.channel);
    await Promise.all(peers.map((peer) => deliver(peer, type, payload)));
    return { status };
  }

  private async route(asker: Member, payload: unknown): Promise<unknown> {
    const target = this.admitted().find((other) => isJson(payload) && other.id === payload['target_id']);
    const refusal = routeRefusal(asker, target, payload);
    if (!target || refusal) return failed(refusal);
    if ([...this.routes.values()].filter((route) => route.asker === asker).length >= 16) {
      return failed('too many outstanding routes');
    }
    const id = randomUUID();
    const answer = await new Promise<unknown>((resolve) => {
      const timer = setTimeout(() => resolve(null), 5_000);
      this.routes.set(id, {
        asker,
        target,
        answer: (value) => {
          clearTimeout(timer);
          resolve(value);
        },
      });
      void deliver(target, (payload as Json)['type'], (payload as Json)['payload'] ?? null, null, id);
    });
    this.routes.delete(id);
    return answer ?? failed('target timeout');
  }

  private answer(member: Member, frame: Json): void {
    const route = this.routes.get(String(frame['reply_to']));
    if (route?.target === member) route.answer(frame['payload'] ?? null);
  }

  private leave(member: Member): void {
    const { admitted } = member;
    member.admitted = false;
    this.members.delete(member);
    for (const route of this.routes.values()) {
      if (route.target === member || route.asker === member) route.answer(null);
    }
    if (admitted) this.push();
  }

  private admitted(): Member[] {
    return [...this.members].filter((member) => member.admitted);
  }

  private seenBy(member: Member): { id: string; name: string; channel: string; role: string }[] {
    if (!member.monitor) return [];
    const seen = this.admitted().filter((other) => member.global || other.channel === member.channel);
    return seen.map(({ id, name, channel, role }) => ({ id, name, channel, role }));
  }

  private push(): void {
    for (const member of this.admitted()) {
      if (member.monitor) void deliver(member, 'server_client_list', { clients: this.seenBy(member) });
    }
  }
}

function stranger(socket: WebSocket, address: string): Member {
  const rights = { broadcast: false, route: false, cross: false, monitor: false, global: false };
  const identity = { id: randomUUID(), name: '', channel: '', role: 'node' };
  return { socket, address, ...identity, ...rights, admitted: false, frames: [], inFlight: 0 };
}

/** Fills `member` from an identify payload; false where name or channel breaks the grammar. */
function describe(member: Member, wish: Json): boolean {
  const name = wish['name'];
  const channel = wish['channel'] || 'default';
  if (typeof name !== 'string' || !NAME.test(name) || typeof channel !== 'string' || !NAME.test(channel)) return false;
  const role = wish['role'] || 'node';
  member.name = name;
  member.channel = channel;
  member.role = typeof role === 'string' && role.length <= 64 ? role : 'node';
  const watcher = ['dashboard', 'browser'].includes(member.role);
  const usual = watcher || ['node', 'mobile'].includes(member.role);
  member.broadcast = flag(wish['can_broadcast'], usual);
  member.route = flag(wish['can_route'], usual);
  member.cross = flag(wish['can_cross_channel_route'], false);
  member.monitor = flag(wish['can_monitor'], watcher);
  const scope = wish['broadcast_scope'];
  member.global = scope === 'global' || (scope !== 'channel' && member.monitor);
  return true;
}

function flag(value: unknown, usual: boolean): boolean {
  if (typeof value === 'string') return /^\s*(1|true|yes|on)\s*$/i.test(value);
  return typeof value === 'boolean' ? value : usual;
}

function routeRefusal(sender: Member, target: Member | undefined, payload: unknown): string | undefined {
  if (!isJson(payload)) return 'malformed route';
  if (!target) return 'Target not found';
  if (!sender.route) return 'routing not allowed';
  return target.channel !== sender.channel && !sender.cross ? 'cross-channel route denied' : undefined;
}

function failed(error: string | undefined): Json {
  return { error, status: 'failed' };
}

/** Resolves when the socket took the message; ends a client that takes nothing for 2 s. */
function deliver(to: Member, type: unknown, payload: unknown, replyTo: unknown = null, id: string = randomUUID()) {
  const json = JSON.stringify({ id, type: type ?? null, payload, reply_to: replyTo });
  // The relay escapes everything beyond ASCII, which triples the size of such text.
  const text = json.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return new Promise<void>((resolve) => {
    const timer = setTimeout(() => to.socket.terminate(), 2_000);
    to.socket.send(text, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
