import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once `seen` gives something true, with that; rejects after `ms` and says what was waited for. */
export async function until(seen, what, ms = 5_000) {
  const end = performance.now() + ms;
  for (;;) {
    const value = await seen();
    if (value) return value;
    if (performance.now() > end) throw new Error(`waited ${ms} ms for ${typeof what === 'function' ? what() : what}`);
    await sleep(5);
  }
}
