import { ByteBudget } from '../byte-budget.js';
import type { Clock } from '../clock.js';
import { RateWindow } from '../relay/limits.js';
import type { Session } from './sessions.js';

/** How much somebody may ask for. */
export interface Allowance {
  /** Pages and files, and sockets. */
  readonly requests: RateWindow;
  /** What all sockets send, together: who opens another one has no more. */
  readonly bytes: ByteBudget;
}

/** Requests per second. */
const REQUESTS = 200;
/** Bytes per second. */
const BYTES = 2_097_152;

/**
 * What browsers that were let in may ask for, each by itself, so that none keeps another out; and all others together: pages
 * of other sites can make a browser ask, too.
 */
export class Allowances {
  private readonly strangers: Allowance;
  /** Gone with their sessions, of which there are only so many. */
  private readonly known = new WeakMap<Session, Allowance>();

  constructor(
    private readonly clock: Clock,
    private readonly requests = REQUESTS,
  ) {
    this.strangers = this.make();
  }

  /** Of a browser's session, or of those who have none. */
  of(session: Session | undefined): Allowance {
    if (!session) return this.strangers;
    const own = this.known.get(session) ?? this.make();
    this.known.set(session, own);
    return own;
  }

  private make(): Allowance {
    return { requests: new RateWindow(this.requests, this.clock), bytes: new ByteBudget(BYTES, this.clock) };
  }
}
