import type { Clock, Timer } from '../clock.js';
import { BridgeError } from '../error.js';
import { printable } from '../text.js';
import type { MeshStats } from './client-stats.js';
import type { MeshTiming } from './client-timing.js';
import { isObject } from './frame.js';

interface Waiter {
  readonly timer: Timer;
  resolve(payload: unknown): void;
  reject(error: Error): void;
}

/** Requests in flight; newer relays allow 16 for each client. */
const MAX_WAITING = 16;
/** Broadcasts remembered as unanswered. */
const MAX_UNANSWERED = 1000;
/** Relays count frames by the second. */
const WINDOW_MS = 1_000;

/** What is still to be answered by the relay on one connection: requests, which somebody awaits, and broadcasts, which nobody does. */
export class Replies {
  private readonly waiting = new Map<string, Waiter>();
  private readonly broadcasts = new Map<string, number>();
  /** When the latest answers to broadcasts came, within a second. */
  private answers: number[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly timing: MeshTiming,
    private readonly stats: MeshStats,
  ) {}

  /**
   * Registers the id, sends, and resolves with the payload of the reply.
   * Rejects with what `send` threw, `mesh/timeout`, or `mesh/busy` when too many requests wait.
   */
  exchange(id: string, send: () => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.waiting.size >= MAX_WAITING) {
        reject(new BridgeError('mesh/busy', `${MAX_WAITING} requests wait for their replies already`));
        return;
      }
      const { reply } = this.timing;
      const timer = this.clock.after(reply, () => {
        this.waiting.delete(id);
        reject(new BridgeError('mesh/timeout', `no reply within ${reply / 1000} s`));
      });
      this.waiting.set(id, { timer, resolve, reject });
      try {
        send();
      } catch (error) {
        timer.cancel();
        this.waiting.delete(id);
        reject(error);
      }
    });
  }

  /** Remembers a broadcast that was just sent. */
  broadcast(id: string): void {
    this.expire();
    if (this.broadcasts.size >= MAX_UNANSWERED) this.forgetOldest();
    this.broadcasts.set(id, this.clock.now());
  }

  /** Hands a reply to whom it belongs; returns what it was. */
  settle(id: string, payload: unknown): 'reply' | 'sent' | 'refused' | 'stray' {
    const waiter = this.waiting.get(id);
    if (waiter) {
      this.waiting.delete(id);
      waiter.timer.cancel();
      waiter.resolve(payload);
      return 'reply';
    }
    if (!this.broadcasts.delete(id)) return 'stray';
    this.forgetAnswers();
    this.answers.push(this.clock.now());
    return isObject(payload) && 'error' in payload ? 'refused' : 'sent';
  }

  /** Broadcasts of the last seconds that the relay has not said `sent` to: it says so once every peer took the frame. */
  get unanswered(): number {
    this.expire();
    return this.broadcasts.size;
  }

  /** Age of the oldest of them; 0 where there is none. */
  get oldestUnansweredMs(): number {
    this.expire();
    for (const sentAt of this.broadcasts.values()) return this.clock.now() - sentAt;
    return 0;
  }

  /**
   * Broadcasts that may have come to the relay within the last second, or are yet to come: those that it has not answered,
   * and those that it answered in that second.
   */
  get recent(): number {
    this.forgetAnswers();
    return this.unanswered + this.answers.length;
  }

  /** Rejects everything that waits: the connection is over. */
  end(error: BridgeError): void {
    for (const { timer, reject } of this.waiting.values()) {
      timer.cancel();
      reject(error);
    }
    this.waiting.clear();
    this.broadcasts.clear();
    this.answers = [];
  }

  private forgetAnswers(): void {
    const limit = this.clock.now() - WINDOW_MS;
    const from = this.answers.findIndex((at) => at > limit);
    this.answers.splice(0, from < 0 ? this.answers.length : from);
  }

  private expire(): void {
    const limit = this.clock.now() - this.timing.sent;
    for (const sentAt of this.broadcasts.values()) {
      if (sentAt > limit) return;
      this.forgetOldest();
    }
  }

  private forgetOldest(): void {
    for (const id of this.broadcasts.keys()) {
      this.broadcasts.delete(id);
      this.stats.unconfirmed++;
      return;
    }
  }
}

/** The relay's own error object as an error; undefined for every other payload. */
export function relayError(payload: unknown): BridgeError | undefined {
  if (!isObject(payload) || payload['status'] !== 'failed' || typeof payload['error'] !== 'string') return undefined;
  const text = payload['error'];
  return new BridgeError(RELAY_ERRORS.get(text) ?? 'mesh/relay-error', `the relay says: ${printable(text, 100)}`);
}

const RELAY_ERRORS: ReadonlyMap<string, string> = new Map([
  ['Target not found', 'mesh/no-target'],
  ['target timeout', 'mesh/timeout'],
  ['routing not allowed', 'mesh/not-allowed'],
  ['cross-channel route denied', 'mesh/not-allowed'],
  ['broadcast not allowed', 'mesh/not-allowed'],
  ['too many outstanding routes', 'mesh/busy'],
]);
