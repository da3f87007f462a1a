import type { Clock, Timer } from './clock.js';
import { FailureLog } from './failure-log.js';
import type { Log } from './log.js';

/** What can be begun, and ended for good. A beginning that did not come about throws, and may be tried again. */
export interface Part {
  start(): void | Promise<void>;
  stop(): void | Promise<void>;
}

/** What a renewable part is built from. */
export interface RenewableParts<P extends Part> {
  /** What fails where it can't begin, such as `opening the metrics`. */
  what: string;
  /** Asked each time; undefined: none is wanted. */
  build(): P | undefined;
  clock: Clock;
  log: Log;
}

/** What could not begin, as its port was somebody else's, is tried again after so many milliseconds. */
const AGAIN_MS = 30_000;

/** A part of which there is one at a time, and another one when what it is built from has changed. */
export class Renewable<P extends Part> {
  /** The one that there is now; undefined before the start, after the stop, and where none is wanted. */
  current: P | undefined;
  private stopped = false;
  private again: Timer | undefined;
  private readonly failures: FailureLog;

  constructor(private readonly parts: RenewableParts<P>) {
    this.failures = new FailureLog(parts.log, parts.clock);
  }

  /** Never rejects: what can't begin yet begins later, and the bridge does without meanwhile. */
  async start(): Promise<void> {
    this.current = this.parts.build();
    if (this.current) await this.begin(this.current);
  }

  /** Ends the one that there is and starts another, unless all of it has been stopped. */
  async renew(): Promise<void> {
    await this.end();
    if (!this.stopped) await this.start();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.end();
  }

  private async begin(part: P): Promise<void> {
    const { what, clock } = this.parts;
    try {
      await part.start();
      this.failures.recovered(what);
    } catch (error) {
      this.failures.failed(what, error);
      if (this.isWanted(part)) this.again = clock.after(AGAIN_MS, () => void this.begin(part));
    }
    if (!this.isWanted(part)) await part.stop();
  }

  private isWanted(part: P): boolean {
    return !this.stopped && part === this.current;
  }

  private async end(): Promise<void> {
    this.again?.cancel();
    await this.current?.stop();
  }
}
