import { randomUUID } from 'node:crypto';
import { ByteBudget } from '../byte-budget.js';
import type { Clock, Timer } from '../clock.js';
import { FRAME_COST, PacedReading } from '../paced-reading.js';
import { type Identity, stranger } from './identity.js';
import { RateWindow, type RelayLimits } from './limits.js';
import type { RelaySocket } from './ws-server.js';

/** Time a client gets to answer the close handshake, in ms. */
const CLOSE_MS = 1_000;

/** One connected client, admitted or not yet. */
export class Peer {
  /** The relay's id of this client; a new one is given at admission. */
  id = randomUUID() as string;
  identity: Identity;
  admitted = false;
  readonly connectedAt: number;
  readonly rate: RateWindow;
  private readonly reading: PacedReading;
  /** Bytes that may still come before the relay knows this client. */
  private spare: number;
  private closing = false;
  private heard = true;
  private stall: Timer | undefined;
  private timer: Timer | undefined;

  constructor(
    number: number,
    private readonly socket: RelaySocket,
    private readonly clock: Clock,
    private readonly limits: RelayLimits,
    private readonly onStalled: (peer: Peer) => void,
  ) {
    this.identity = stranger(`Client-${number}`);
    this.connectedAt = clock.now();
    this.rate = new RateWindow(limits.framesPerSecond, clock);
    this.reading = new PacedReading(socket, new ByteBudget(limits.bytesPerSecond, clock), clock);
    this.spare = limits.strangerBytes;
  }

  /** True until the relay decides to end this connection; nothing is read from it afterwards. */
  get open(): boolean {
    return !this.closing;
  }

  get address(): string {
    return this.socket.address;
  }

  /** Sends a message; `accepted` runs once, when the socket took it or is gone. */
  send(message: Buffer, accepted?: () => void): void {
    this.socket.send(message, () => {
      if (this.socket.buffered <= this.limits.highWaterBytes) this.flows();
      accepted?.();
    });
    this.watchBuffer();
  }

  /** The relay knows this client now, or asks nobody who he is. */
  know(): void {
    this.spare = Number.POSITIVE_INFINITY;
    this.socket.know();
  }

  /**
   * Bytes came. Nothing is read for a while from a client that sends too many in a second, and nothing at all any more from one
   * that is not known and sent too many: then false.
   */
  came(bytes: number): boolean {
    this.spare -= bytes;
    if (this.spare >= 0) {
      this.reading.came(bytes);
      return true;
    }
    this.reading.end();
    this.socket.pause();
    return false;
  }

  /** Runs `fn` after `ms` unless the connection ends or another call replaces it. */
  after(ms: number, fn: () => void): void {
    this.timer?.cancel();
    this.timer = this.clock.after(ms, fn);
  }

  /** Ends the wait that `after` began. */
  settle(): void {
    this.timer?.cancel();
  }

  /** Starts the close handshake, and drops a client that does not answer it. */
  close(code: number, reason = ''): void {
    if (this.closing) return;
    this.closing = true;
    this.socket.close(code, reason);
    this.after(CLOSE_MS, () => this.socket.drop());
  }

  /** Ends the connection without a handshake. */
  drop(): void {
    this.closing = true;
    this.socket.drop();
  }

  /** The client showed a sign of life. */
  beat(): void {
    this.heard = true;
    if (this.open) this.reading.came(FRAME_COST);
    this.watchBuffer();
  }

  /** Pings the client; false when it has been silent since the last time. */
  ping(): boolean {
    if (!this.heard) return false;
    this.heard = false;
    this.socket.ping();
    return true;
  }

  /** To be called when the socket is gone. */
  closed(): void {
    this.closing = true;
    this.settle();
    this.reading.end();
    this.flows();
  }

  private watchBuffer(): void {
    const { buffered } = this.socket;
    if (this.closing || buffered <= this.limits.highWaterBytes) return;
    if (buffered > this.limits.bufferBytes) this.onStalled(this);
    else this.stall ??= this.clock.after(this.limits.stallMs, () => this.onStalled(this));
  }

  private flows(): void {
    this.stall?.cancel();
    this.stall = undefined;
  }
}
