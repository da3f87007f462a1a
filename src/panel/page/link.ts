import type { Clock, Timer } from '../../clock.js';
import { isObject, type JsonObject } from '../../mesh/frame.js';

/** What a link tells the page. */
export interface LinkEvents {
  down(): void;
  /** The bridge does not know this browser any more. */
  stranger(): void;
  frame(type: string, payload: JsonObject): void;
}

const RETRY_MS = [300, 500, 1_000, 2_000] as const;
/** The bridge says who it is within this, or is asked anew: a network that fell silent says nothing of it. */
const WELCOME_MS = 3_000;
/** Questions are answered well within this. */
const ANSWER_MS = 5_000;

/** The page's connection to the bridge: comes back by itself, holds nothing back while it is away. */
export class Link {
  private socket: WebSocket | undefined;
  private welcome: Timer | undefined;
  private tries = 0;
  private count = 0;
  private readonly asked = new Map<string, { resolve(answer: JsonObject): void; timer: Timer }>();

  constructor(
    private readonly url: string,
    private readonly clock: Clock,
    private readonly events: LinkEvents,
  ) {}

  connect(): void {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.welcome = this.clock.after(WELCOME_MS, () => {
      socket.close();
      this.lost();
    });
    socket.onmessage = ({ data }) => this.receive(JSON.parse(String(data)) as JsonObject);
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  /** Sends a frame; false while there is no connection. */
  send(type: string, payload: unknown, id?: string): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify({ type, payload, ...(id === undefined ? {} : { id }) }));
    return true;
  }

  /** Asks the bridge; resolves with `ok: false` where no answer comes within `ms`. */
  ask(type: string, payload: unknown, ms = ANSWER_MS): Promise<JsonObject> {
    const id = String(++this.count);
    return new Promise((resolve) => {
      if (!this.send(type, payload, id)) {
        resolve({ ok: false, message: 'the bridge is not reached' });
        return;
      }
      const timer = this.clock.after(ms, () => {
        // A connection that brings no answers is none.
        this.socket?.close();
        this.lost();
      });
      this.asked.set(id, { resolve, timer });
    });
  }

  private receive(frame: JsonObject): void {
    const { type, payload, reply_to } = frame;
    const asked = this.asked.get(String(reply_to));
    if (asked) {
      this.asked.delete(String(reply_to));
      asked.timer.cancel();
      asked.resolve(isObject(payload) ? payload : { ok: false });
      return;
    }
    if (type === 'welcome') {
      this.welcome?.cancel();
      this.tries = 0;
    }
    if (typeof type === 'string' && isObject(payload)) this.events.frame(type, payload);
  }

  private lost(): void {
    if (!this.socket) return;
    this.socket = undefined;
    this.welcome?.cancel();
    for (const { resolve, timer } of this.asked.values()) {
      timer.cancel();
      resolve({ ok: false, message: 'the bridge is not reached' });
    }
    this.asked.clear();
    this.events.down();
    const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)] ?? 0;
    this.clock.after(wait, () => void this.again());
  }

  /** A socket that is refused does not say why, so the session is asked for first. */
  private async again(): Promise<void> {
    const answer = await fetch('/session', { signal: AbortSignal.timeout(WELCOME_MS) }).catch(() => undefined);
    if (answer?.status === 401) this.events.stranger();
    else this.connect();
  }
}
