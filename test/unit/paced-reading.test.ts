import { expect, test } from 'vitest';
import { ByteBudget } from '../../src/byte-budget.js';
import { PacedReading } from '../../src/paced-reading.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** A socket that notes when it was paused and resumed. */
function socketAt(clock: VirtualClock) {
  const said: string[] = [];
  const note = (what: string) => () => void said.push(`${what} ${Math.round(clock.now())}`);
  return { said, pause: note('pause'), resume: note('resume') };
}

test('nothing is read for as long as there was too much, also of what came in the same piece', async () => {
  const clock = new VirtualClock();
  const socket = socketAt(clock);
  const reading = new PacedReading(socket, new ByteBudget(1_000, clock), clock);
  reading.came(1_000);
  expect(socket.said).toEqual([]);
  reading.came(500);
  reading.came(2_000);
  await clock.advance(10_000);
  expect(socket.said).toEqual(['pause 0', 'pause 500', 'resume 2500']);
  // What was not used is saved for a second, and no longer.
  reading.came(1_001);
  expect(socket.said.at(-1)).toBe('pause 10000');
  reading.end();
  expect(clock.timers).toBe(0);
});

test('several sockets have one budget together', async () => {
  const clock = new VirtualClock();
  const budget = new ByteBudget(1_000, clock);
  const [one, two] = [socketAt(clock), socketAt(clock)];
  new PacedReading(one, budget, clock).came(2_000);
  new PacedReading(two, budget, clock).came(0);
  await clock.advance(5_000);
  expect([one.said, two.said]).toEqual([
    ['pause 0', 'resume 1000'],
    ['pause 0', 'resume 1000'],
  ]);
});

test('where somebody has to be heard again in time, the longest wait is given', async () => {
  const clock = new VirtualClock();
  const socket = socketAt(clock);
  const reading = new PacedReading(socket, new ByteBudget(1_000, clock, 2), clock);
  for (let i = 0; i < 100; i++) reading.came(1_000_000);
  await clock.advance(10_000);
  expect(socket.said.at(-1)).toBe('resume 2000');
});

test('a budget of nothing is none', () => {
  const clock = new VirtualClock();
  const socket = socketAt(clock);
  new PacedReading(socket, new ByteBudget(0, clock), clock).came(1e9);
  expect(socket.said).toEqual([]);
});
