import type { Clock } from '../clock.js';
import type { MeshStats } from './client-stats.js';
import type { JsonObject, MeshFrame } from './frame.js';

export interface RequestOptions {
  readonly clock: Clock;
  readonly stats: MeshStats;
  /** Milliseconds from arrival in which an answer still makes sense. */
  readonly within: number;
  /** Calls `send` when a frame may be sent, or never: answers share the relay's limit with all other frames. */
  pace(send: () => void): void;
  /** Sends an answer to this request. */
  reply(request: MeshFrame, payload: JsonObject): void;
}

/** Requests of others in hand at a time. */
const MAX_OUTSTANDING = 32;

/** The routed requests that came on one connection: each is answered at most once, in time, or not at all. */
export class RoutedRequests {
  private readonly arrivals = new Map<MeshFrame, number>();

  constructor(private readonly options: RequestOptions) {}

  /** Takes a request in and returns its answer function; undefined when too many are in hand. */
  accept(request: MeshFrame): ((payload: JsonObject) => void) | undefined {
    const { clock, stats, pace } = this.options;
    this.expire();
    if (this.arrivals.size >= MAX_OUTSTANDING) {
      stats.dropped.busy++;
      return undefined;
    }
    this.arrivals.set(request, clock.now());
    let answered = false;
    return (payload) => {
      if (answered) return;
      answered = true;
      pace(() => this.answer(request, payload));
    };
  }

  /** Forgets all: the connection is over, later answers count as late. */
  end(): void {
    this.arrivals.clear();
  }

  private answer(request: MeshFrame, payload: JsonObject): void {
    const { stats, reply } = this.options;
    this.expire();
    if (!this.arrivals.delete(request)) {
      stats.lateAnswers++;
    } else {
      reply(request, payload);
      stats.answered++;
    }
  }

  private expire(): void {
    const limit = this.options.clock.now() - this.options.within;
    for (const [request, arrivedAt] of this.arrivals) {
      if (arrivedAt > limit) return;
      this.arrivals.delete(request);
    }
  }
}
