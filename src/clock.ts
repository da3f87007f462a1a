/** A pending timer; cancelling one that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** The only source of time and of timers, handed to every part that needs either. */
export interface Clock {
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Integer milliseconds since 1970, or undefined while the machine's clock is not synchronised. */
  wall(): number | undefined;
  /** Runs `fn` once after `ms` milliseconds. */
  after(ms: number, fn: () => void): Timer;
}

/** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Settles as `work` does, or rejects with `late()` after `ms`; `work` itself goes on and must end by its own means. */
export function deadline<T>(clock: Clock, ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(late()));
    work.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error);
      },
    );
  });
}

/** The wall time of this moment, told later: it is reckoned from what the machine's clock says then, which may have been set. */
export function startOf(clock: Clock): () => number | undefined {
  const start = clock.now();
  return () => {
    const wall = clock.wall();
    return wall === undefined ? undefined : wall - (clock.now() - start);
  };
}
