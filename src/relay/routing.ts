import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../clock.js';
import { isObject } from '../mesh/frame.js';
import type { RelayLimits } from './limits.js';
import { encode } from './outbound.js';
import type { Peer } from './peer.js';
import type { Roster } from './roster.js';

/** Answers the client that asked. */
export type Reply = (payload: unknown) => void;

interface Waiting {
  asker: Peer;
  target: Peer;
  timer: Timer;
  reply: Reply;
}

/** Carries messages from one client to one other, and answers back. */
export class Routing {
  private readonly waiting = new Map<string, Waiting>();

  constructor(
    private readonly roster: Roster,
    private readonly clock: Clock,
    private readonly limits: RelayLimits,
  ) {}

  /** `route_msg`: asks the client with `target_id`. No answer in time, or an answer of null, stays unanswered, as on relay 0.1.1. */
  request(asker: Peer, payload: unknown, reply: Reply): void {
    if (!isObject(payload)) return;
    const target = this.roster.byId(payload['target_id']);
    const refusal = refuse(asker, target) ?? this.refuseMore(asker);
    if (!target || refusal) {
      reply({ error: refusal, status: 'failed' });
    } else if (typeof payload['type'] === 'string') {
      const id = randomUUID();
      const timer = this.clock.after(this.limits.routeMs, () => this.waiting.delete(id));
      this.waiting.set(id, { asker, target, timer, reply });
      target.send(encode(payload['type'], payload['payload'] ?? null, null, id));
    }
  }

  /** `route_msg_noreply`: tells the client with `target_name`; success is silent. */
  tell(sender: Peer, payload: unknown, reply: Reply): void {
    if (!isObject(payload)) return;
    const target = this.roster.byName(payload['target_name']);
    const refusal = refuse(sender, target);
    if (!target || refusal) reply({ error: refusal, status: 'failed' });
    else if (typeof payload['type'] === 'string') target.send(encode(payload['type'], payload['payload'] ?? null));
  }

  /** Hands the answer of `peer` to whoever asked it; false when nobody waits for it. */
  answer(peer: Peer, replyTo: unknown, payload: unknown): boolean {
    const id = typeof replyTo === 'string' ? replyTo : '';
    const waiting = this.waiting.get(id);
    if (waiting?.target !== peer) return false;
    this.end(id, waiting);
    if (payload !== null) waiting.reply(payload);
    return true;
  }

  /** Ends every request from or to a client that left. */
  forget(peer: Peer): void {
    for (const [id, waiting] of this.waiting) {
      if (waiting.asker === peer || waiting.target === peer) this.end(id, waiting);
    }
  }

  private end(id: string, waiting: Waiting): void {
    waiting.timer.cancel();
    this.waiting.delete(id);
  }

  private refuseMore(asker: Peer): string | undefined {
    let count = 0;
    for (const waiting of this.waiting.values()) if (waiting.asker === asker) count += 1;
    return count >= this.limits.routesPerClient ? 'too many outstanding routes' : undefined;
  }
}

/** The relay's refusals, in the order in which 0.1.1 looks for them. */
function refuse(sender: Peer, target: Peer | undefined): string | undefined {
  const { rights, channel } = sender.identity;
  if (!target) return 'Target not found';
  if (!rights.route) return 'routing not allowed';
  if (target.identity.channel !== channel && !rights.crossChannel) return 'cross-channel route denied';
  return undefined;
}
