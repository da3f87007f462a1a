import type { Clock } from '../clock.js';
import { isObject } from '../mesh/frame.js';
import { fanOut } from './fan-out.js';
import type { Peer } from './peer.js';
import { entry, type Roster } from './roster.js';
import type { Reply, Routing } from './routing.js';

/** Handles one type of frame; not calling `reply` leaves the frame unanswered. */
export type Verb = (peer: Peer, payload: unknown, reply: Reply) => void;

/** What the verbs work on. */
export interface VerbParts {
  roster: Roster;
  routing: Routing;
  clock: Clock;
  /** How long the answer to a broadcast waits for slow clients, in ms. */
  waitMs: number;
}

/** Every type a client may send besides `identify`, as relay 0.1.1 knows them. */
export function verbTable(parts: VerbParts): ReadonlyMap<string, Verb> {
  const { roster, routing, clock } = parts;
  const spread =
    (type: string, status: string, refusal?: string): Verb =>
    (peer, payload, reply) => {
      if (refusal && !peer.identity.rights.broadcast) reply({ error: refusal, status: 'failed' });
      else fanOut(roster.reach(peer), type, payload, clock, parts.waitMs, () => reply({ status }));
    };
  return new Map<string, Verb>([
    ['broadcast_request', spread('broadcast', 'sent', 'broadcast not allowed')],
    ['route_msg', (peer, payload, reply) => routing.request(peer, payload, reply)],
    ['route_msg_noreply', (peer, payload, reply) => routing.tell(peer, payload, reply)],
    ['get_nodes', (peer, _payload, reply) => reply({ clients: others(roster, peer).map(entry) })],
    ['ping', (_peer, _payload, reply) => reply('pong')],
    ['handshake', (peer, payload, reply) => handshake(clock, peer, payload, reply)],
    ['status_request', (peer, _payload, reply) => reply(status(clock, peer))],
    ['node_status', spread('node_status', 'broadcasted')],
    ['service_log', spread('service_log', 'broadcasted', 'log broadcast not allowed')],
    ['request_prediction', spread('request_prediction', 'forwarded', 'broadcast not allowed')],
    ['prediction_result', spread('prediction_result', 'forwarded', 'broadcast not allowed')],
    ['iCloud_data_Broadcast', spread('iCloudListen', 'sent', 'broadcast not allowed')],
    ['place_visit_Broadcast', spread('placeVisitListen', 'sent', 'broadcast not allowed')],
  ]);
}

function others(roster: Roster, viewer: Peer): Peer[] {
  return roster.seenBy(viewer).filter((peer) => peer !== viewer);
}

/** Tells a client how far the relay's clock is ahead of its own, in seconds; silent without a readable `t` or without a set clock. */
function handshake(clock: Clock, peer: Peer, payload: unknown, reply: Reply): void {
  const t = isObject(payload) ? payload['t'] : undefined;
  const seconds = typeof t === 'string' && t.trim() !== '' ? Number(t) : t;
  const wall = clock.wall();
  if (wall === undefined || typeof seconds !== 'number' || !Number.isFinite(seconds)) return;
  reply({ server_id: peer.id, l: wall / 1_000 - seconds });
}

function status(clock: Clock, peer: Peer): object {
  return {
    name: peer.identity.name,
    id: peer.id,
    status: 'online',
    uptime: (clock.now() - peer.connectedAt) / 1_000,
    memory_usage: 'unknown',
  };
}
