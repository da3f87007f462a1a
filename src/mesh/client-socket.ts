import { randomUUID } from 'node:crypto';
import WebSocket from 'ws';
import { ByteBudget } from '../byte-budget.js';
import type { Clock, Timer } from '../clock.js';
import { BridgeError } from '../error.js';
import { FRAME_COST, PacedReading } from '../paced-reading.js';
import { admissionTimeout, type ConnectionEnd, closingEnd, openingEnd, silentEnd } from './client-end.js';
import { Liveness } from './client-liveness.js';
import { readFrame } from './client-receive.js';
import type { DropReason, MeshStats } from './client-stats.js';
import type { MeshTiming } from './client-timing.js';
import { type Trust, tlsOptions } from './client-trust.js';
import type { RelayAddress } from './connection.js';
import { isObject, type JsonObject, type MeshFrame } from './frame.js';
import { asciiSize } from './json.js';

/** What a connection uses of a WebSocket. */
export type Wire = Pick<
  WebSocket,
  'readyState' | 'bufferedAmount' | 'on' | 'once' | 'send' | 'ping' | 'pause' | 'resume' | 'close' | 'terminate'
>;

/** Opens a WebSocket; throws where the address itself is refused. */
export type Dial = (url: string, options: WebSocket.ClientOptions) => Wire;

export interface SocketOptions {
  readonly address: RelayAddress;
  /** How to reach the relay; over the network where absent. */
  readonly dial?: Dial | undefined;
  readonly identity: JsonObject;
  readonly hasToken: boolean;
  readonly clock: Clock;
  readonly timing: MeshTiming;
  readonly stats: MeshStats;
  readonly trust?: Trust | undefined;
}

/** What a connection says to its owner; nothing after `ended` or after `close` was called. */
export interface SocketHandlers {
  admitted(): void;
  /** A frame that came after the welcome. */
  frame(frame: MeshFrame): void;
  dropped(reason: DropReason, sample: Buffer): void;
  ended(end: ConnectionEnd): void;
}

/** Largest frame that we send, in bytes as a Python relay passes it on; newer relays close the connection at 256 KiB. */
export const MAX_SENT = 200 * 1024;
/** Most bytes that a relay makes of one UTF-16 unit of JSON text. */
const LONGEST_CHARACTER = 6;
/** What may wait in the socket before sending is refused, in bytes. */
const MAX_BUFFERED = 4 * 1024 * 1024;
/**
 * Where the socket itself gives up, in bytes. A relay that writes `é` as `\u00e9` may turn a frame of 1 MiB into a
 * longer one: such a frame is dropped and must not end the connection.
 */
const MAX_PAYLOAD = 5 * 1024 * 1024;

/** Parts of one frame. Each of them, however short, keeps the whole chunk of 64 KiB in memory in which it came. */
const MAX_PARTS = 64;

/**
 * What is read of a relay in a second: more than a room full of phones and bridges says, and little enough to have time for
 * everything else.
 */
const BYTES_PER_SECOND = 2 * 1024 * 1024;
/** Longest time in which nothing is read, in s: a relay that has gone meanwhile has to be noticed. */
const LONGEST_PAUSE = 1;

export const overNetwork: Dial = (url, options) => new WebSocket(url, options);

/** A frame of text. */
const TEXT = { binary: false } as const;

/** One connection to the relay, for one use: opening, identifying, welcome, over, thrown away. */
export class ClientSocket {
  private readonly ws: Wire;
  /** The id that the relay gave us for this connection; undefined before the welcome. */
  relayId: string | undefined;

  private phase: 'opening' | 'joining' | 'welcome' | 'over' = 'opening';
  private welcomeAt = 0;
  private failure: Error | undefined;
  private patience: Timer;
  private liveness: Liveness | undefined;
  private readonly reading: PacedReading;

  constructor(
    private readonly options: SocketOptions,
    private readonly handlers: SocketHandlers,
  ) {
    const { address, clock, dial = overNetwork, timing } = options;
    const socketOptions = {
      perMessageDeflate: false,
      maxPayload: MAX_PAYLOAD,
      maxFragments: MAX_PARTS,
      closeTimeout: timing.stop,
      // Said aloud, as a variable of the environment could otherwise switch it off.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2' as const,
      ...(options.trust && tlsOptions(options.trust)),
    };
    this.ws = dial(address.url, socketOptions);
    this.reading = new PacedReading(this.ws, new ByteBudget(BYTES_PER_SECOND, clock, LONGEST_PAUSE), clock);
    this.patience = clock.after(timing.connect, () => {
      this.end(openingEnd(new Error(`no answer within ${timing.connect / 1000} s`), address.display));
    });
    this.ws.on('open', () => this.join());
    this.ws.on('message', (data: Buffer) => this.receive(data));
    this.ws.on('ping', () => {
      this.came(0);
      this.liveness?.sign();
    });
    this.ws.on('pong', () => {
      this.came(0);
      this.liveness?.pong();
    });
    this.ws.on('error', (error) => {
      this.failure = error;
    });
    this.ws.on('close', (code, reason) => this.end(this.explain(code, reason.toString('utf8'))));
  }

  /** True from the welcome to the end. */
  get ready(): boolean {
    return this.phase === 'welcome' && this.ws.readyState === WebSocket.OPEN;
  }

  /** Bytes handed over that the system has not taken yet. */
  get buffered(): number {
    return this.ws.bufferedAmount;
  }

  /** True while what comes may have been on its way for too long to be what its sender still wants. */
  get late(): boolean {
    return (this.liveness?.delayMs ?? 0) > this.options.timing.late;
  }

  /** Sends one frame; throws `mesh/closed`, `mesh/too-large` or `mesh/busy`, and then nothing was sent. */
  send(frame: MeshFrame): void {
    if (!this.ready) throw new BridgeError('mesh/closed', 'not connected to the relay');
    const text = JSON.stringify(frame);
    // What the relay makes of a character, `\u00e9` at worst, is counted only where it can matter.
    const size = text.length * LONGEST_CHARACTER > MAX_SENT ? asciiSize(frame) : 0;
    if (size > MAX_SENT) {
      throw new BridgeError('mesh/too-large', `a frame of ${size} bytes is more than relays take (${MAX_SENT})`);
    }
    if (this.buffered > MAX_BUFFERED) throw new BridgeError('mesh/busy', 'the relay takes our frames too slowly');
    this.write(text);
  }

  /** Ends the connection with code 1000; resolves when it is gone, within `timing.stop`. */
  close(): Promise<void> {
    this.retire();
    // Unread, the answer to the goodbye would not be heard.
    this.ws.resume();
    return new Promise((resolve) => {
      const timer = this.options.clock.after(this.options.timing.stop, () => {
        this.ws.terminate();
        resolve();
      });
      this.ws.once('close', () => {
        timer.cancel();
        resolve();
      });
      if (this.ws.readyState === WebSocket.OPEN) this.ws.close(1000);
      else this.ws.terminate();
    });
  }

  private join(): void {
    if (this.phase !== 'opening') return;
    const { clock, timing, identity, hasToken } = this.options;
    this.phase = 'joining';
    this.patience.cancel();
    this.patience = clock.after(timing.admission, () => this.end(admissionTimeout(timing.admission, hasToken)));
    this.liveness = new Liveness({
      clock,
      ping: timing.ping,
      dead: timing.dead,
      sendPing: () => this.ws.ping(undefined, undefined, () => {}),
      died: () => this.end(silentEnd(timing.dead, this.admittedMs())),
    });
    this.write(JSON.stringify({ id: randomUUID(), type: 'identify', payload: identity, reply_to: null }));
  }

  private write(text: string): void {
    const { stats } = this.options;
    // Bytes go out in one piece; the socket writes a string as two.
    const bytes = Buffer.from(text);
    this.ws.send(bytes, TEXT, (error) => {
      if (error) stats.sendFailures++;
    });
    stats.sent++;
    stats.bytesOut += bytes.length;
  }

  /** A frame came, with so many bytes in it. */
  private came(bytes: number): void {
    if (this.phase !== 'over') this.reading.came(bytes + FRAME_COST);
  }

  private receive(data: Buffer): void {
    if (this.phase === 'over') return;
    this.came(data.length);
    this.liveness?.sign();
    this.options.stats.received++;
    this.options.stats.bytesIn += data.length;
    const frame = readFrame(data);
    if (typeof frame === 'string') this.handlers.dropped(frame, data);
    else if (this.phase === 'welcome') this.handlers.frame(frame);
    else if (frame.type === 'welcome') this.welcome(frame.payload);
    else this.handlers.dropped('before-welcome', data);
  }

  private welcome(payload: unknown): void {
    this.phase = 'welcome';
    const id = isObject(payload) ? payload['id'] : undefined;
    if (typeof id === 'string') this.relayId = id;
    this.patience.cancel();
    this.welcomeAt = this.options.clock.now();
    this.handlers.admitted();
  }

  private admittedMs(): number | undefined {
    return this.phase === 'welcome' ? this.options.clock.now() - this.welcomeAt : undefined;
  }

  private explain(code: number, reason: string): ConnectionEnd {
    if (this.phase === 'opening') return openingEnd(this.failure, this.options.address.display);
    const said = reason || (this.failure?.message ?? '');
    return closingEnd(code, said, this.admittedMs(), this.options.hasToken);
  }

  /** The one way to the end, whatever the cause: terminate, never close, as a dead peer would not answer. */
  private end(end: ConnectionEnd): void {
    if (this.phase === 'over') return;
    this.retire();
    this.ws.terminate();
    this.handlers.ended(end);
  }

  private retire(): void {
    this.phase = 'over';
    this.patience.cancel();
    this.reading.end();
    this.liveness?.stop();
  }
}
