import { EventEmitter } from 'node:events';
import type { Clock } from '../../src/clock.js';
import type { Dial, Wire } from '../../src/mesh/client-socket.js';
import type { listen, RelayServer, SocketEvents } from '../../src/relay/ws-server.js';

/** Milliseconds that anything needs from one end to the other. */
const LATENCY = 1;

const OPEN = 1;
const CLOSED = 3;

/** Something on its way. */
interface Packet {
  readonly bytes: number;
  deliver(): void;
  /** The sender's system took it, or it is lost. */
  taken(): void;
}

/** One direction of a connection: in order, held back while the network is frozen or the receiver does not read. */
class Lane {
  paused = false;
  private waiting: Packet[] = [];
  private over = false;
  private scheduled = false;

  constructor(private readonly network: Network) {}

  /** Bytes that the sender's system has not taken. */
  get buffered(): number {
    return Math.max(0, this.waiting.reduce((sum, { bytes }) => sum + bytes, 0) - this.network.kernel);
  }

  push(packet: Packet): void {
    if (this.over) {
      packet.taken();
      return;
    }
    this.waiting.push(packet);
    if (this.buffered === 0) packet.taken();
    this.flow();
  }

  flow(): void {
    if (this.scheduled || this.waiting.length === 0) return;
    this.scheduled = true;
    this.network.clock.after(LATENCY, () => {
      this.scheduled = false;
      if (this.over || this.paused || this.network.frozen) return;
      for (const { deliver, taken } of this.waiting.splice(0)) {
        taken();
        if (!this.over) deliver();
      }
    });
  }

  /** Nothing of what is on its way arrives. */
  cut(): void {
    this.over = true;
    for (const { taken } of this.waiting.splice(0)) taken();
  }
}

/** The client's end, as far as anybody looks at a WebSocket. */
class ClientEnd extends EventEmitter {
  readyState = 0;
  readonly toServer: Lane;
  readonly toClient: Lane;
  events: SocketEvents | undefined;
  private serverGone = false;

  constructor(private readonly network: Network) {
    super();
    this.toServer = new Lane(network);
    this.toClient = new Lane(network);
  }

  get bufferedAmount(): number {
    return this.toServer.buffered;
  }

  send(data: Buffer | string, options: unknown, done: (error?: Error) => void = () => {}): void {
    const text = data.toString();
    const taken = typeof options === 'function' ? (options as () => void) : () => done();
    const deliver = () => {
      this.events?.message(text);
      this.events?.came(text.length);
    };
    this.toServer.push({ bytes: text.length, deliver, taken: once(taken) });
  }

  ping(): void {
    const pong = () => this.emit('pong', Buffer.alloc(0));
    this.toServer.push({ bytes: 2, deliver: () => this.answer(pong), taken: () => {} });
  }

  pause(): void {
    this.toClient.paused = true;
  }

  resume(): void {
    this.toClient.paused = false;
    this.toClient.flow();
  }

  close(code = 1000): void {
    const goodbye = () => {
      this.serverOver();
      this.toClient.push({ bytes: 4, deliver: () => this.over(code, ''), taken: () => {} });
    };
    this.toServer.push({ bytes: 4, deliver: goodbye, taken: () => {} });
  }

  terminate(): void {
    this.toServer.push({ bytes: 4, deliver: () => this.serverOver(), taken: () => {} });
    this.over(1006, '');
  }

  /** The server closes it; the client's system answers. */
  closedByServer(code: number, reason: string): void {
    const answer = () => {
      this.toServer.push({ bytes: 4, deliver: () => this.serverOver(), taken: () => {} });
      this.over(code, reason);
    };
    this.toClient.push({ bytes: 4 + reason.length, deliver: answer, taken: () => {} });
  }

  /** The server ends it without a word. */
  droppedByServer(): void {
    this.toClient.push({ bytes: 4, deliver: () => this.over(1006, ''), taken: () => {} });
    this.serverOver();
  }

  /** Both ends are reset at once, as by a killed process. */
  reset(): void {
    this.toServer.cut();
    this.serverOver();
    this.over(1006, '');
  }

  fail(code: string): void {
    this.emit('error', Object.assign(new Error(code), { code }));
    this.over(1006, '');
  }

  /** A ping came from the server. */
  pinged(): void {
    const pong = () => this.events?.beat();
    const deliver = () => {
      this.emit('ping', Buffer.alloc(0));
      this.toServer.push({ bytes: 2, deliver: pong, taken: () => {} });
    };
    this.toClient.push({ bytes: 2, deliver, taken: () => {} });
  }

  private answer(pong: () => void): void {
    this.events?.beat();
    this.toClient.push({ bytes: 2, deliver: pong, taken: () => {} });
  }

  private serverOver(): void {
    if (this.serverGone) return;
    this.serverGone = true;
    this.events?.closed();
  }

  private over(code: number, reason: string): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.toClient.cut();
    this.network.forget(this);
    this.emit('close', code, Buffer.from(reason));
  }
}

/** A network in memory with one relay's port in it, which can freeze, and lose the relay. */
export class Network {
  frozen = false;
  private accept: ((socket: Parameters<Parameters<typeof listen>[1]>[0]) => SocketEvents) | undefined;
  private readonly ends = new Set<ClientEnd>();

  /** `kernel`: bytes that the two systems hold for somebody who does not read; what is beyond waits at the sender. */
  constructor(
    readonly clock: Clock,
    readonly kernel = 256 * 1024,
  ) {}

  /** What a relay listens with. */
  readonly listen: typeof listen = async (_options, accept): Promise<RelayServer> => {
    this.accept = accept;
    return {
      port: 1,
      stopListening: async () => {
        if (this.accept === accept) this.accept = undefined;
      },
      endAll: () => this.resetAll(),
    };
  };

  /** Number of connections that are open or opening. */
  get connections(): number {
    return this.ends.size;
  }

  /** Opens a connection as a WebSocket does. */
  readonly dial: Dial = () => {
    const end = new ClientEnd(this);
    this.ends.add(end);
    this.knock(end);
    return end as unknown as Wire;
  };

  /** Nothing reaches anybody any more, while connections stay open. */
  freeze(): void {
    this.frozen = true;
  }

  /** Ends `freeze`; what was held back arrives. */
  thaw(): void {
    this.frozen = false;
    for (const end of this.ends) {
      if (end.readyState === 0) this.knock(end);
      end.toServer.flow();
      end.toClient.flow();
    }
  }

  /** Ends every connection as a killed relay does. */
  resetAll(): void {
    for (const end of [...this.ends]) end.reset();
  }

  forget(end: ClientEnd): void {
    this.ends.delete(end);
  }

  private knock(end: ClientEnd): void {
    this.clock.after(LATENCY, () => {
      if (this.frozen || end.readyState !== 0) return;
      if (!this.accept) {
        end.fail('ECONNREFUSED');
        return;
      }
      end.readyState = OPEN;
      end.events = this.accept({
        address: '192.0.2.1',
        origin: undefined,
        get buffered() {
          return end.toClient.buffered;
        },
        send: (message, accepted) => {
          const text = message.toString();
          const deliver = () => end.emit('message', Buffer.from(text));
          end.toClient.push({ bytes: text.length, deliver, taken: once(accepted) });
        },
        close: (code, reason = '') => end.closedByServer(code, reason),
        drop: () => end.droppedByServer(),
        ping: () => end.pinged(),
        know: () => {},
        pause: () => {
          end.toServer.paused = true;
        },
        resume: () => {
          end.toServer.paused = false;
          end.toServer.flow();
        },
      });
      end.emit('open');
    });
  }
}

function once(fn: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    fn();
  };
}
