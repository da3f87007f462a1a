import { BridgeError } from '../error.js';

/** Pieces of work that wait at most; one more is refused. */
const MAX_WAITING = 64;

/** Lets at most so many pieces of work run at a time; the others wait for their turn, in order. */
export class Turns {
  private running = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly atOnce: number) {}

  /** Does `work` when it is its turn; the signal gives up on waiting. Rejects with `file/busy` where too much waits. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.turn(signal);
    try {
      return await work();
    } finally {
      this.running--;
      const [next] = this.waiting;
      next?.();
    }
  }

  private turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.running < this.atOnce) {
      this.running++;
      return Promise.resolve();
    }
    if (this.waiting.size >= MAX_WAITING) {
      throw new BridgeError('file/busy', `${MAX_WAITING} other reads wait for the kernel already`);
    }
    return new Promise((resolve, reject) => {
      const begin = () => {
        this.waiting.delete(begin);
        signal.removeEventListener('abort', onAbort);
        this.running++;
        resolve();
      };
      const onAbort = () => {
        this.waiting.delete(begin);
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.add(begin);
    });
  }
}
