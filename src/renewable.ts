/** What can be begun, and ended for good. */
export interface Part {
  start(): void | Promise<void>;
  stop(): void | Promise<void>;
}

/** A part of which there is one at a time, and another one when what it is built from has changed. */
export class Renewable<P extends Part> {
  /** The one that there is now; undefined before the start, after the stop, and where none is wanted. */
  current: P | undefined;
  private stopped = false;

  /** `build` is asked each time; undefined: none is wanted. */
  constructor(private readonly build: () => P | undefined) {}

  async start(): Promise<void> {
    this.current = this.build();
    await this.current?.start();
  }

  /** Ends the one that there is and starts another, unless all of it has been stopped. */
  async renew(): Promise<void> {
    await this.current?.stop();
    if (!this.stopped) await this.start();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.current?.stop();
  }
}
