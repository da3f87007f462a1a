import { type Clock, sleep, type Timer } from '../clock.js';

/** Work that a session does later, or again and again, until its signal aborts. */
export class SessionTimers {
  /** `failed` hears of work that threw. */
  constructor(
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Does `work` each time `ms` milliseconds after it was done. */
  every(ms: number, work: () => void | Promise<void>): void {
    const repeat = async () => {
      for (;;) {
        await sleep(this.clock, ms, this.signal);
        await work();
      }
    };
    // After the end this changes nothing: the first cause stays.
    repeat().catch(this.failed);
  }

  /** Does `work` once after `ms` milliseconds. */
  after(ms: number, work: () => void): Timer {
    if (this.signal.aborted) return { cancel: () => {} };
    const timer = this.clock.after(ms, () => {
      this.signal.removeEventListener('abort', cancel);
      try {
        work();
      } catch (error) {
        this.failed(error);
      }
    });
    const cancel = () => {
      this.signal.removeEventListener('abort', cancel);
      timer.cancel();
    };
    this.signal.addEventListener('abort', cancel, { once: true });
    return { cancel };
  }
}
