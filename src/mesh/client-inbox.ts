import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import { BridgeError, describeError } from '../error.js';
import type { Log } from '../log.js';
import { printable } from '../text.js';
import { frameKind } from './client-receive.js';
import type { Replies } from './client-replies.js';
import { RoutedRequests } from './client-requests.js';
import type { DropReason, MeshStats } from './client-stats.js';
import type { MeshTiming } from './client-timing.js';
import { type Cipher, isEnvelope, type Sealed } from './e2ee.js';
import { isObject, type JsonObject, type MeshFrame } from './frame.js';

/** What the mesh client tells the layers above. An exception out of them is logged and counted, and ends nothing. */
export interface MeshHandlers {
  /** The relay welcomed us: send the full state first. */
  up(): void;
  /** The connection that was up is over. */
  down(reason: string): void;
  /** The relay did not let us in: it closed the connection, or kept it without a welcome. */
  refused?(): void;
  /** A broadcast of somebody, or our own unless it was sealed. */
  broadcast(payload: JsonObject, sealed: Sealed): void;
  /**
   * A routed request, to be answered once within 4.5 s. Returns false for an unknown type, which is then answered so.
   */
  request(type: string, payload: unknown, answer: (payload: JsonObject) => void, sealed: Sealed): boolean;
  /** An answer, one of ours or an error of this layer, is ready: call `send` when the relay's frame limit has room. */
  reply(send: () => void): void;
}

export interface InboxOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly timing: MeshTiming;
  readonly stats: MeshStats;
  readonly cipher: Cipher | undefined;
  /** See `MeshClientOptions`. */
  readonly namesSenders?: boolean | undefined;
  readonly handlers: MeshHandlers;
  readonly replies: Replies;
  send(frame: MeshFrame): void;
}

/** What is done with a frame that came in after the welcome. */
export class Inbox {
  private readonly requests: RoutedRequests;
  private warned = new Set<string>();

  constructor(private readonly options: InboxOptions) {
    const { clock, handlers, stats, timing } = options;
    this.requests = new RoutedRequests({
      clock,
      stats,
      within: timing.answer,
      pace: (send) => handlers.reply(send),
      reply: (request, payload) => this.reply(request, payload),
    });
  }

  /** A connection begins: warnings may be repeated. */
  begin(): void {
    this.warned = new Set();
  }

  /** The connection is over: its requests are not answered any more. */
  end(): void {
    this.requests.end();
  }

  /** Never throws. */
  frame(frame: MeshFrame): void {
    try {
      this.dispatch(frame);
    } catch (error) {
      this.options.stats.handlerErrors++;
      this.options.log.error({ err: error }, `the handler of a frame failed: ${printable(frame.type, 40)}`);
    }
  }

  /** Counts what is not passed on. */
  drop(reason: DropReason, sample: string): void {
    this.options.stats.dropped[reason]++;
    this.options.log.debug({ reason, sample: printable(sample, 100) }, 'dropped a frame from the relay');
  }

  private dispatch(frame: MeshFrame): void {
    const kind = frameKind(frame);
    if (kind === 'reply') this.settle(frame);
    else if (kind === 'broadcast') this.broadcast(frame.payload);
    else if (kind === 'request') this.request(frame);
    else if (kind === 'welcome') this.drop('second-welcome', '');
    else if (kind === 'unknown') this.drop('unknown-type', frame.type);
    // A pushed roster leaves out whoever just joined, so rosters are asked for when one is needed.
  }

  private settle(frame: MeshFrame): void {
    const { replies, stats } = this.options;
    const what = replies.settle(frame.reply_to ?? '', frame.payload);
    if (what === 'stray') stats.dropped['stray-reply']++;
    if (what === 'refused') {
      stats.refused++;
      const said = isObject(frame.payload) ? printable(String(frame.payload['error'])) : '';
      this.once('refused', 'error', `the relay refuses our broadcasts (${said}): nothing we say reaches a phone`);
    }
  }

  private broadcast(payload: unknown): void {
    const opened = this.open(payload);
    if (opened === undefined) return;
    if (isObject(opened.payload)) this.options.handlers.broadcast(opened.payload, opened.sealed);
    else this.drop('not-an-object', '');
  }

  private request(frame: MeshFrame): void {
    const answer = this.requests.accept(frame);
    if (answer === undefined) return;
    const opened = this.open(frame.payload);
    if (opened === undefined) {
      answer({ ok: false, error: 'undecryptable' });
      return;
    }
    let known: boolean;
    try {
      known = this.options.handlers.request(frame.type, opened.payload, answer, opened.sealed);
    } catch (error) {
      answer({ ok: false, error: 'internal error' });
      throw error;
    }
    if (!known) {
      this.options.stats.dropped['unknown-type']++;
      answer({ ok: false, error: 'unknown type' });
    }
  }

  /** Opens a payload where it is sealed; undefined for one that is ours or cannot be opened. */
  private open(payload: unknown): { payload: unknown; sealed: Sealed } | undefined {
    if (!isEnvelope(payload)) return { payload, sealed: false };
    const { cipher, stats } = this.options;
    if (cipher?.isOwn(payload)) {
      stats.dropped['own-sealed']++;
      return undefined;
    }
    try {
      if (!cipher) throw new BridgeError('e2ee/no-key', 'the frame is sealed', { hint: 'set relay.roomKey' });
      const opened = cipher.open(payload);
      return { payload: this.named(opened.payload, payload['_from']), sealed: opened.late ? 'overtaken' : true };
    } catch (error) {
      this.drop('undecryptable', describeError(error));
      this.once('sealed', 'warn', 'dropped a sealed frame', { err: error });
      return undefined;
    }
  }

  /**
   * What was sealed, with its sender's name as the relay knows it, where that names senders, beside the sealed one: a relay
   * without the key may lie too.
   */
  private named(opened: unknown, from: unknown): unknown {
    const { namesSenders = false } = this.options;
    if (!namesSenders || typeof from !== 'string' || !isObject(opened)) return opened;
    const sealed = opened['_from'];
    return { ...opened, _from: from, _alias: typeof sealed === 'string' ? sealed : '' };
  }

  /** Sends an answer, or at least that there is none; never throws, as whoever answers has no use for the error. */
  private reply(request: MeshFrame, payload: JsonObject): void {
    const { cipher, log, send } = this.options;
    for (const content of [payload, { ok: false, error: 'the answer cannot be sent' }]) {
      try {
        const body = cipher?.seal(content) ?? content;
        send({ id: randomUUID(), type: request.type, payload: body, reply_to: request.id });
        return;
      } catch (error) {
        log.warn({ err: error }, `could not answer ${printable(request.type, 40)}`);
      }
    }
  }

  /** Says a thing once in a connection. */
  private once(key: string, level: 'warn' | 'error', message: string, fields: object = {}): void {
    if (this.warned.has(key)) return;
    this.warned.add(key);
    this.options.log[level](fields, message);
  }
}
