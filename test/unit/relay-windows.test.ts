import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, RateWindow } from '../../src/relay/limits.js';
import { VirtualClock } from '../support/virtual-clock.js';

test('a frame counts for exactly one second', async () => {
  const clock = new VirtualClock();
  const window = new RateWindow(2, clock);
  expect([window.take(), window.take(), window.take()]).toEqual([true, true, false]);
  await clock.advance(999);
  expect(window.take()).toBe(false);
  await clock.advance(1);
  expect([window.take(), window.take(), window.take()]).toEqual([true, true, false]);
});

test('sizes and times are those of relay 0.1.1, the rate that of 0.2', () => {
  expect(DEFAULT_LIMITS).toMatchObject({
    maxFrameBytes: 1_048_576,
    admissionMs: 5_000,
    routeMs: 5_000,
    keepaliveMs: 20_000,
    framesPerSecond: 50,
  });
});
