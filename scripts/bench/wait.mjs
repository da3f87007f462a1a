import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** Settles as `work` does, or rejects after `ms`. */
export async function within(ms, work, what) {
  const abort = new AbortController();
  const late = sleep(ms, undefined, { signal: abort.signal }).then(
    () => Promise.reject(new Error(`nothing within ${ms} ms: ${what}`)),
    () => new Promise(() => {}),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    abort.abort();
  }
}

/** Resolves once `ready()` is true; looks each `step` ms. */
export async function until(ready, what, ms = 10_000, step = 5) {
  const end = performance.now() + ms;
  while (!ready()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(step);
  }
}

/** Monotonic nanoseconds, the same clock in every process. */
export function stamp() {
  return Number(process.hrtime.bigint());
}

/** Calls `tick` at `perSecond`, evenly, for `ms`; what a late timer missed follows at once. Resolves with the count. */
export async function paced(perSecond, ms, tick) {
  const begin = performance.now();
  const total = Math.round((perSecond * ms) / 1000);
  for (let count = 0; count < total; ) {
    const due = Math.min(total, 1 + Math.floor(((performance.now() - begin) * perSecond) / 1000));
    while (count < due) tick(count++);
    if (count < total) await sleep(Math.max(1, begin + (count * 1000) / perSecond - performance.now()));
  }
  return total;
}
