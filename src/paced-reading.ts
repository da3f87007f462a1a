import type { ByteBudget } from './byte-budget.js';
import type { Clock, Timer } from './clock.js';

/** What a frame counts for beside its bytes: an empty one takes its time, too, and thousands of pongs come in one piece. */
export const FRAME_COST = 256;

/** A socket that can be left unread for a while: its sender has to wait then. */
export interface Readable {
  pause(): void;
  resume(): void;
}

/** Reads no more from a socket than a budget allows. */
export class PacedReading {
  private rest: Timer | undefined;

  constructor(
    private readonly socket: Readable,
    private readonly budget: ByteBudget,
    private readonly clock: Clock,
  ) {}

  /** Bytes came; nothing is read for as long as they are too many. */
  came(bytes: number): void {
    const wait = this.budget.take(bytes);
    if (wait > 0 && !this.rest) this.pause(wait);
  }

  /** The socket is gone, or stays unread. */
  end(): void {
    this.rest?.cancel();
  }

  private pause(ms: number): void {
    this.socket.pause();
    this.rest = this.clock.after(ms, () => {
      this.rest = undefined;
      // More may have come in the piece that was being read, or by another socket.
      const wait = this.budget.take(0);
      if (wait > 0) this.pause(wait);
      else this.socket.resume();
    });
  }
}
