import { expect } from 'vitest';

/** Waits until what `look` returns meets the expectation; patient, because test machines are busy. */
export function eventually<T>(look: () => T) {
  return expect.poll(look, { interval: 2, timeout: 10_000 });
}
