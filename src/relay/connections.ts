import { type Clock, deadline, type Timer } from '../clock.js';
import type { Log } from '../log.js';
import type { RelayCounters } from './counters.js';
import { AddressCount, type RelayLimits } from './limits.js';
import { originAllowed } from './origin.js';
import { Peer } from './peer.js';
import { Seldom } from './seldom.js';
import type { RelaySocket, SocketEvents } from './ws-server.js';

/** Time clients get to answer the close handshake when the relay stops, in ms. */
const STOP_MS = 250;

/** What happens to the clients whose connections are kept here. */
export interface ConnectionEvents {
  /** A new connection that may identify. */
  joined(peer: Peer): void;
  /** A message; undefined when its bytes are not UTF-8. */
  message(peer: Peer, text: string | undefined): void;
  /** The connection is gone. */
  left(peer: Peer): void;
}

/** Every live connection: who may open one, who is still there, who reads. */
export class Connections {
  private readonly peers = new Set<Peer>();
  /** Those of them that have one of the places of their address, in the order in which they came. */
  private readonly placed = new Set<Peer>();
  private readonly addresses: AddressCount;
  private readonly slow: Seldom;
  private keepalive: Timer | undefined;
  private empty: () => void = () => {};
  private accepted = 0;

  constructor(
    private readonly limits: RelayLimits,
    private readonly origins: readonly string[],
    private readonly events: ConnectionEvents,
    private readonly counters: RelayCounters,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.addresses = new AddressCount(limits.socketsPerAddress);
    this.slow = new Seldom('a client does not read, it is dropped', clock, log);
  }

  /**
   * Takes a new socket in, or closes it for its origin (1008) or its address's number of sockets (4429). Where an address has no
   * place left, the oldest of its sockets that did not identify yet makes room.
   */
  accept(socket: RelaySocket): SocketEvents {
    this.accepted += 1;
    const peer = new Peer(this.accepted, socket, this.clock, this.limits, (stalled) => this.dropStalled(stalled));
    this.peers.add(peer);
    const originOk = originAllowed(socket.origin, this.origins);
    if (originOk && this.place(peer)) {
      this.events.joined(peer);
    } else {
      this.counters.refused += 1;
      if (originOk) peer.close(4429, 'Too many pending connections');
      else peer.close(1008, 'origin not allowed');
    }
    return {
      message: (text) => this.events.message(peer, text),
      beat: () => peer.beat(),
      came: (bytes) => {
        if (!peer.came(bytes)) this.tooMuch(peer);
      },
      failed: () => peer.close(1002),
      closed: () => {
        this.giveBack(peer);
        this.leave(peer);
      },
    };
  }

  /** Begins to ping every client; one that stays silent until the next ping is dropped. */
  watch(): void {
    this.keepalive = this.clock.after(this.limits.keepaliveMs, () => {
      for (const peer of this.peers) {
        if (peer.ping()) continue;
        this.counters.silent += 1;
        peer.drop();
      }
      this.watch();
    });
  }

  /** Closes every client with 1001; resolves when all are gone, at the latest after STOP_MS. */
  async closeAll(): Promise<void> {
    this.keepalive?.cancel();
    for (const peer of this.peers) peer.close(1001);
    if (this.peers.size === 0) return;
    const gone = new Promise<void>((resolve) => {
      this.empty = resolve;
    });
    const late = () => new Error('clients left open');
    // Those that do not answer in time are ended with the server.
    await deadline(this.clock, STOP_MS, gone, late).catch(() =>
      this.log.debug({}, 'relay: clients did not say goodbye'),
    );
  }

  private place(peer: Peer): boolean {
    const { address } = peer;
    if (!this.addresses.take(address)) {
      const silent = [...this.placed].find((other) => other.address === address && !other.admitted);
      if (!silent) return false;
      this.counters.refused += 1;
      this.giveBack(silent);
      silent.drop();
      this.addresses.take(address);
    }
    this.placed.add(peer);
    return true;
  }

  private giveBack(peer: Peer): void {
    if (this.placed.delete(peer)) this.addresses.release(peer.address);
  }

  /** Hangs up on a client that sent too much before the relay knew it. */
  tooMuch(peer: Peer): void {
    if (!peer.open) return;
    this.counters.unidentified += 1;
    peer.close(1009, 'too large before identify');
  }

  private leave(peer: Peer): void {
    peer.closed();
    this.peers.delete(peer);
    this.events.left(peer);
    if (this.peers.size === 0) this.empty();
  }

  private dropStalled(peer: Peer): void {
    this.counters.stalled += 1;
    this.slow.happened({ id: peer.id, address: peer.address });
    peer.drop();
  }
}
