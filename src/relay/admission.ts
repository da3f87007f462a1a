import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';
import { readIdentity } from './identity.js';
import { encode } from './outbound.js';
import type { Peer } from './peer.js';
import type { Roster } from './roster.js';
import { Seldom } from './seldom.js';

/** Lets clients in: token, identity, unique names. */
export class Admission {
  private readonly token: Buffer | undefined;
  private readonly strangers: Seldom;
  private readonly namesakes: Seldom;

  constructor(
    token: string | undefined,
    private readonly roster: Roster,
    private readonly waitMs: number,
    clock: Clock,
    log: Log,
  ) {
    this.token = token ? digest(token) : undefined;
    this.strangers = new Seldom('a client came without the right token', clock, log);
    this.namesakes = new Seldom('a second client of this name came, the first is closed', clock, log);
  }

  /** Gives a new connection its time to identify; whoever does not is closed with 1000. */
  await(peer: Peer): void {
    peer.after(this.waitMs, () => peer.close(1000));
    if (this.serves(peer)) peer.know();
  }

  /** May a frame other than `identify` be looked at? Without a token relay 0.1.1 serves strangers too. */
  serves(peer: Peer): boolean {
    return peer.admitted || this.token === undefined;
  }

  /** `identify`: admits the client or closes its socket. A client of the same name is closed with 1000. */
  identify(peer: Peer, payload: unknown): void {
    const wish = payload ?? {};
    if (peer.admitted) {
      peer.close(1008, 'identify already processed');
    } else if (isObject(wish)) {
      if (this.accepts(wish['token'])) this.admit(peer, wish);
      else this.refuse(peer);
    }
  }

  private admit(peer: Peer, wish: JsonObject): void {
    const identity = readIdentity(wish, peer.identity.name);
    if (!identity) {
      peer.close(1008, 'invalid name or channel');
      return;
    }
    const namesake = this.roster.byName(identity.name);
    if (namesake) this.roster.remove(namesake);
    peer.settle();
    peer.admitted = true;
    peer.know();
    peer.id = randomUUID();
    peer.identity = identity;
    peer.send(encode('welcome', { id: peer.id, name: identity.name }));
    // Monitors hear of a newcomer before it is listed, as on 0.1.1: they poll for its id.
    this.roster.push();
    this.roster.add(peer);
    if (!namesake) return;
    this.namesakes.happened({ name: printable(identity.name) });
    namesake.close(1000);
  }

  private refuse(peer: Peer): void {
    peer.close(1000);
    this.strangers.happened({ address: peer.address });
  }

  /** Compares hashes in constant time, so that neither content nor length of the token shows in the answer's delay. */
  private accepts(offered: unknown): boolean {
    if (!this.token) return true;
    return typeof offered === 'string' && timingSafeEqual(digest(offered), this.token);
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
