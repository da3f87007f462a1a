import type { Clock, Timer } from '../clock.js';
import { BridgeError } from '../error.js';
import type { LineLink } from '../port/line-link.js';
import { printable } from '../text.js';
import type { ExchangeRequest } from './driver.js';

interface Waiter {
  offer(line: string): void;
  reject(error: unknown): void;
}

/** Questions in flight on one connection, each waiting for the line that answers it. */
export class Exchanges {
  private readonly waiters = new Set<Waiter>();

  constructor(private readonly clock: Clock) {}

  /**
   * Writes a line and resolves with its answer. Rejects with `device/timeout`, the signal's reason, an error of the write,
   * whatever `match` threw, or what `rejectAll` is told.
   */
  ask<T>(link: Pick<LineLink, 'write'>, request: ExchangeRequest<T>, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      signal.throwIfAborted();
      let timer: Timer | undefined;
      const done = (settle: () => void) => {
        this.waiters.delete(waiter);
        signal.removeEventListener('abort', onAbort);
        timer?.cancel();
        settle();
      };
      const onAbort = () => done(() => reject(signal.reason));
      const waiter: Waiter = {
        offer: (line) => {
          try {
            const answer = request.match(line);
            if (answer !== undefined) done(() => resolve(answer));
          } catch (error) {
            done(() => reject(error));
          }
        },
        reject: (error) => done(() => reject(error)),
      };
      // The waiter comes before the write, so that the fastest answer is heard; the clock starts after it.
      this.waiters.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
      link.write(request.write).then(() => {
        if (!this.waiters.has(waiter)) return;
        timer = this.clock.after(request.within, () => {
          const message = `no answer to "${printable(request.write)}" within ${Math.round(request.within)} ms`;
          waiter.reject(new BridgeError('device/timeout', message));
        });
      }, waiter.reject);
    });
  }

  /** Shows every question a line that came. */
  offer(line: string): void {
    for (const waiter of [...this.waiters]) waiter.offer(line);
  }

  /** Ends every question: the connection is over. */
  rejectAll(error: unknown): void {
    for (const waiter of [...this.waiters]) waiter.reject(error);
  }
}
