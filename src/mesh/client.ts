import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import { BridgeError, describeError } from '../error.js';
import type { Log } from '../log.js';
import { printable } from '../text.js';
import { identity } from './client-identity.js';
import { Inbox, type MeshHandlers } from './client-inbox.js';
import { ClientLink } from './client-link.js';
import { Replies, relayError } from './client-replies.js';
import type { Dial } from './client-socket.js';
import { MeshStats } from './client-stats.js';
import { MESH_TIMING, type MeshTiming } from './client-timing.js';
import type { Trust } from './client-trust.js';
import { parseRelayUrl } from './connection.js';
import type { Cipher } from './e2ee.js';
import type { JsonObject, MeshFrame } from './frame.js';
import { meshName } from './name.js';
import { findByName, type RosterEntry, readRoster } from './roster.js';

export type { MeshHandlers } from './client-inbox.js';

export interface MeshClientOptions {
  /** `ws://…` or `wss://…` */
  readonly url: string;
  /** Unique on the relay; made acceptable to all relays. */
  readonly name: string;
  readonly channel: string;
  /** What the relay asks for; a function where it changes: each connection takes what it is then. */
  readonly token?: string | (() => string | undefined);
  /** Whom a `wss://` relay has to be; anybody whom the system trusts where absent. */
  readonly trust?: Trust | undefined;
  /** Seals broadcasts and answers, opens what comes. */
  readonly cipher?: Cipher;
  /** True where the relay knows who its members are, and writes their names on their frames. */
  readonly namesSenders?: boolean;
  /** How to reach the relay; over the network where absent. */
  readonly dial?: Dial | undefined;
  readonly clock: Clock;
  /** 0 ≤ r < 1, for the jitter of the retries. */
  readonly random: () => number;
  readonly log: Log;
}

/**
 * The bridge's place on a relay: joins, stays, comes back. One socket at a time, each used once; nothing is buffered
 * over a gap: what cannot be sent now throws, and `up` is the moment to send the full state.
 */
export class MeshClient {
  /** The name that the relay knows us by. */
  readonly name: string;
  readonly stats = new MeshStats();
  private readonly link: ClientLink;
  private readonly replies: Replies;
  private readonly inbox: Inbox;
  private started = false;
  private stopping: Promise<void> | undefined;

  /** Throws `mesh/url`. */
  constructor(
    private readonly options: MeshClientOptions,
    private readonly handlers: MeshHandlers,
    timing: MeshTiming = MESH_TIMING,
  ) {
    const { clock, log, random, cipher, namesSenders, channel, token, dial } = options;
    const { stats } = this;
    const name = meshName(options.name);
    this.name = name;
    this.replies = new Replies(clock, timing, stats);
    const send = (frame: MeshFrame) => this.send(frame);
    this.inbox = new Inbox({ clock, log, timing, cipher, namesSenders, handlers, stats, replies: this.replies, send });
    const address = parseRelayUrl(options.url);
    const hasToken = token !== undefined;
    const now = () => (typeof token === 'function' ? token() : token);
    this.link = new ClientLink(
      {
        address,
        dial,
        get identity() {
          return identity(name, channel, now());
        },
        hasToken,
        trust: options.trust,
        clock,
        timing,
        stats,
        name,
        random,
        log,
      },
      {
        up: () => this.up(),
        down: (error) => this.down(error),
        refused: () => this.guard('refused', () => this.handlers.refused?.()),
        frame: (frame) => this.inbox.frame(frame),
        dropped: (reason, sample) => this.inbox.drop(reason, sample.toString('utf8', 0, 200)),
      },
    );
  }

  /** Begins to connect, and goes on until `stop`. Calling it again is harmless. */
  start(): void {
    if (this.started || this.stopping) return;
    this.started = true;
    const { log, name } = this.options;
    if (name !== this.name)
      log.warn({ name: this.name }, `joining as "${this.name}": relays refuse the name as written`);
    this.link.connect();
  }

  /** Leaves the relay for good, within a second. Calling it again returns the same promise. */
  stop(): Promise<void> {
    this.stopping ??= this.link.stop();
    return this.stopping;
  }

  /** True while the relay has welcomed us and the socket is open. */
  get ready(): boolean {
    return this.link.socket?.ready ?? false;
  }

  /** True where whoever has no room key can read nothing of what is said. */
  get seals(): boolean {
    return this.options.cipher !== undefined;
  }

  /** The id under which peers can route to us on this connection; undefined while there is none. */
  get relayId(): string | undefined {
    return this.link.socket?.relayId;
  }

  /** Bytes sent that the system has not taken yet. */
  get buffered(): number {
    return this.link.socket?.buffered ?? 0;
  }

  /** See `ClientSocket`. */
  get late(): boolean {
    return this.link.socket?.late ?? false;
  }

  /** Broadcasts of the last 5 s that the relay has not said `sent` to: it does once every peer took the frame. */
  get unanswered(): number {
    return this.replies.unanswered;
  }

  /** Age of the oldest of them, in milliseconds. */
  get oldestUnansweredMs(): number {
    return this.replies.oldestUnansweredMs;
  }

  /** Broadcasts that the relay may count into the same second as the next one. */
  get recent(): number {
    return this.replies.recent;
  }

  /**
   * Sends a payload to everybody on the channel, sealed where there is a cipher.
   * Throws `mesh/closed` when not ready, `mesh/too-large` above 200 KiB, `mesh/busy` when 4 MiB wait in the socket.
   */
  broadcast(payload: JsonObject): void {
    if (!this.ready) throw closed();
    const id = randomUUID();
    const body = this.options.cipher?.seal(payload) ?? payload;
    this.send({ id, type: 'broadcast_request', payload: body, reply_to: null });
    this.replies.broadcast(id);
  }

  /**
   * Asks one member, what is asked sealed where there is a cipher, and resolves with its answer, opened where it is sealed.
   * Rejects with `mesh/closed`, `mesh/no-target`, `mesh/timeout`, `mesh/not-allowed`, `mesh/busy` or `mesh/relay-error`.
   */
  async request(targetName: string, type: string, payload: JsonObject | null): Promise<unknown> {
    const target = findByName(await this.nodes(), targetName);
    if (!target) {
      const hint = 'is it connected, and on our channel?';
      throw new BridgeError('mesh/no-target', `nobody named "${printable(targetName, 64)}" is on the relay`, { hint });
    }
    const { cipher } = this.options;
    // Only the innermost: the relay has to read where it goes.
    const asked = (payload && cipher?.seal(payload)) ?? payload;
    const answer = await this.exchange('route_msg', { target_id: target.id, type, payload: asked });
    return cipher?.isEnvelope(answer) ? cipher.open(answer).payload : answer;
  }

  /** Who else is on our channel; empty as well where the relay does not let us see it. Rejects as `request` does. */
  async nodes(): Promise<RosterEntry[]> {
    return readRoster(await this.exchange('get_nodes', null));
  }

  private async exchange(type: string, payload: unknown): Promise<unknown> {
    const id = randomUUID();
    const reply = await this.replies.exchange(id, () => this.send({ id, type, payload, reply_to: null }));
    const error = relayError(reply);
    if (error) throw error;
    return reply;
  }

  private send(frame: MeshFrame): void {
    const { socket } = this.link;
    if (!socket) throw closed();
    socket.send(frame);
  }

  private up(): void {
    this.inbox.begin();
    this.guard('up', () => this.handlers.up());
  }

  private down(error: BridgeError): void {
    this.replies.end(new BridgeError('mesh/closed', error.message, { cause: error }));
    this.inbox.end();
    this.guard('down', () => this.handlers.down(describeError(error)));
  }

  private guard(what: string, fn: () => void): void {
    try {
      fn();
    } catch (error) {
      this.stats.handlerErrors++;
      this.options.log.error({ err: error }, `the handler of "${what}" failed`);
    }
  }
}

function closed(): BridgeError {
  return new BridgeError('mesh/closed', 'not connected to the relay');
}
