import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';

/** Waits until what `look` returns meets the expectation; patient, because test machines are busy. */
export function eventually<T>(look: () => T) {
  return expect.poll(look, { interval: 2, timeout: 10_000 });
}

/** Waits until the condition holds, looking at every turn of the event loop; false when `ms` went by. For many short waits. */
export async function soon(condition: () => boolean, ms = 10_000): Promise<boolean> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) return false;
    await turn();
  }
  return true;
}
