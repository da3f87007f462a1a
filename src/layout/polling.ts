import type { Clock, Timer } from '../clock.js';
import type { Poll } from './contract.js';

/** Sends frames again and again, each at its own pace. */
export class Polling {
  private readonly timers = new Map<string, Timer>();

  constructor(
    private readonly clock: Clock,
    private readonly send: (event: string, payload: unknown) => void,
  ) {}

  /** Begins with these polls; each goes out for the first time after its interval. */
  start(polls: readonly Poll[]): void {
    this.stop();
    for (const { name, intervalMs, event, payload } of polls) {
      const again = () => {
        this.timers.set(name, this.clock.after(intervalMs, again));
        this.send(event, payload);
      };
      this.timers.set(name, this.clock.after(intervalMs, again));
    }
  }

  stop(): void {
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
  }
}
