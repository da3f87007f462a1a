import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import { isEveryInterface, isLoopback, relayUrl } from '../http/address.js';
import { type Log, silentLog } from '../log.js';
import { Admission } from './admission.js';
import { Connections } from './connections.js';
import { newCounters, type RelayCounters } from './counters.js';
import { type Inbound, readInbound } from './inbound.js';
import { DEFAULT_LIMITS, type RelayLimits } from './limits.js';
import { encode } from './outbound.js';
import type { Peer } from './peer.js';
import { Roster } from './roster.js';
import { Routing } from './routing.js';
import { type Verb, verbTable } from './verbs.js';
import { listen, type RelayServer } from './ws-server.js';

/** Origins of browser pages on this machine, as relay 0.1.1 lists them. */
const LOCAL_ORIGINS = ['http://127.0.0.1', 'http://localhost'];

/** What an EmbeddedRelay is made of. */
export interface EmbeddedRelayOptions {
  /** Interface to listen on; any but loopback needs a token. */
  host: string;
  /** 0 = any free port. */
  port: number;
  /** What clients must present; none (or an empty one) admits everybody. */
  token?: string | undefined;
  /** Encrypts with this certificate. */
  tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Origins (`scheme://host:port`) whose pages may connect; default: port 80 of this machine. */
  allowedOrigins?: readonly string[];
  limits?: Partial<RelayLimits>;
  /** What listens; WebSockets on the network where absent. */
  listen?: typeof listen;
  clock: Clock;
  log?: Log;
}

/** Where a relay listens; `url` is for clients on the same machine. */
export interface RelayAddress {
  host: string;
  port: number;
  url: string;
}

/** A MeshSocket relay inside this process. It behaves to clients as relay 0.1.1, but for the safer choices that README.md beside this file lists. */
export class EmbeddedRelay {
  /** Frames and connections that came to nothing, by reason. */
  readonly counters: RelayCounters = newCounters();
  private readonly limits: RelayLimits;
  private readonly connections: Connections;
  private readonly roster = new Roster();
  private readonly routing: Routing;
  private readonly admission: Admission;
  private readonly verbs: ReadonlyMap<string, Verb>;
  private server: RelayServer | undefined;

  constructor(private readonly options: EmbeddedRelayOptions) {
    const { clock, log = silentLog, allowedOrigins = LOCAL_ORIGINS } = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    const events = {
      joined: (peer: Peer) => this.admission.await(peer),
      message: (peer: Peer, text: string | undefined) => this.receive(peer, text),
      left: (peer: Peer) => this.forget(peer),
    };
    this.connections = new Connections(this.limits, allowedOrigins, events, this.counters, clock, log);
    this.routing = new Routing(this.roster, clock, this.limits);
    this.admission = new Admission(options.token, this.roster, this.limits.admissionMs, clock, log);
    this.verbs = verbTable({ roster: this.roster, routing: this.routing, clock, waitMs: this.limits.stallMs });
  }

  /** Starts listening. Rejects with `relay/open` (others could reach it without a token), `relay/port-busy` or `relay/listen`. */
  async start(): Promise<RelayAddress> {
    const { host, port, token, tls, listen: begin = listen } = this.options;
    if (!isLoopback(host) && !token) {
      throw new BridgeError('relay/open', `a relay on ${host} without a token would serve everybody on the network`, {
        hint: 'give it a token, or bind it to 127.0.0.1',
      });
    }
    if (this.server) throw new BridgeError('relay/started', 'the relay is already running');
    const { maxFrameBytes, connections } = this.limits;
    const options = { host, port, maxFrameBytes, connections, tls };
    this.server = await begin(options, (socket) => this.connections.accept(socket));
    this.connections.watch();
    const reachable = isEveryInterface(host) ? '127.0.0.1' : host;
    return { host, port: this.server.port, url: relayUrl(reachable, this.server.port, tls !== undefined) };
  }

  /** True while whoever connects to its port connects to it. */
  get listening(): boolean {
    return this.server !== undefined;
  }

  /** Closes every client with 1001 and frees the port; it may be started again. */
  async stop(): Promise<void> {
    const server = this.server;
    if (!server) return;
    this.server = undefined;
    const closed = server.stopListening();
    await this.connections.closeAll();
    server.endAll();
    await closed;
  }

  private receive(peer: Peer, text: string | undefined): void {
    if (!peer.open) return;
    peer.beat();
    if (!peer.rate.take()) {
      this.counters.rate_limit += 1;
      peer.close(1008, 'Rate limit exceeded');
    } else if (text === undefined) {
      this.counters.malformed += 1;
      peer.close(1011);
    } else if (text.length > this.limits.strangerBytes && !this.admission.serves(peer)) {
      this.connections.tooMuch(peer);
    } else {
      const frame = readInbound(text, this.limits.maxDepth);
      if (typeof frame === 'string') this.counters[frame] += 1;
      else this.dispatch(peer, frame);
    }
  }

  private dispatch(peer: Peer, frame: Inbound): void {
    const { type, payload } = frame;
    if (frame.replyTo) {
      if (!this.routing.answer(peer, frame.replyTo, payload)) this.counters.stray_reply += 1;
    } else if (type === 'identify') {
      this.admission.identify(peer, payload);
    } else if (typeof type !== 'string' || !this.verbs.has(type)) {
      this.counters.unknown_type += 1;
    } else if (!this.admission.serves(peer)) {
      this.counters.unidentified += 1;
    } else {
      this.verbs.get(type)?.(peer, payload, (result) => peer.send(encode(type, result, frame.id)));
    }
  }

  private forget(peer: Peer): void {
    this.routing.forget(peer);
    if (!peer.admitted) return;
    this.roster.remove(peer);
    this.roster.push();
  }
}
