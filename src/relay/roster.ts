import { encode } from './outbound.js';
import type { Peer } from './peer.js';

/** A client as the roster shows it. */
export interface RosterEntry {
  id: string;
  name: string;
  channel: string;
  role: string;
}

/** The admitted clients, by id and by name; a name is unique on the whole relay. */
export class Roster {
  private readonly ids = new Map<string, Peer>();
  private readonly names = new Map<string, Peer>();

  add(peer: Peer): void {
    this.ids.set(peer.id, peer);
    this.names.set(peer.identity.name, peer);
  }

  remove(peer: Peer): void {
    if (this.ids.get(peer.id) === peer) this.ids.delete(peer.id);
    if (this.names.get(peer.identity.name) === peer) this.names.delete(peer.identity.name);
  }

  byId(id: unknown): Peer | undefined {
    return typeof id === 'string' ? this.ids.get(id) : undefined;
  }

  byName(name: unknown): Peer | undefined {
    return typeof name === 'string' ? this.names.get(name) : undefined;
  }

  /** Whom a broadcast of `sender` reaches: itself too, where it is admitted. */
  reach(sender: Peer): Peer[] {
    const { channel, scope } = sender.identity;
    const all = [...this.ids.values()];
    return scope === 'global' ? all : all.filter((peer) => peer.identity.channel === channel);
  }

  /** What `viewer` may see, itself included; nothing unless it may monitor. */
  seenBy(viewer: Peer): Peer[] {
    return viewer.identity.rights.monitor ? this.reach(viewer) : [];
  }

  /** Sends every monitor what it may see. */
  push(): void {
    for (const viewer of this.ids.values()) {
      if (viewer.identity.rights.monitor) {
        viewer.send(encode('server_client_list', { clients: this.seenBy(viewer).map(entry) }));
      }
    }
  }
}

/** The roster's line about one client. */
export function entry(peer: Peer): RosterEntry {
  const { name, channel, role } = peer.identity;
  return { id: peer.id, name, channel, role };
}
