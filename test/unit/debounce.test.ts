import { expect, it } from 'vitest';
import { Debounce } from '../../src/port/debounce.js';
import { VirtualClock } from '../support/virtual-clock.js';

function debounced() {
  const clock = new VirtualClock();
  const line = { high: false };
  const told: boolean[] = [];
  const debounce = new Debounce(
    clock,
    20,
    false,
    () => line.high,
    (level) => told.push(level),
  );
  const set = (high: boolean) => {
    line.high = high;
    debounce.changed();
  };
  return { clock, line, told, debounce, set };
}

it('waits anew with each change, and reads again before it believes', async () => {
  const { clock, told, set } = debounced();
  for (const high of [true, false, true, false, true]) {
    set(high);
    await clock.advance(19);
  }
  expect(told).toEqual([]);
  await clock.advance(1);
  expect(told).toEqual([true]);
});

it('tells nothing where the level is the old one again', async () => {
  const { clock, told, set } = debounced();
  set(true);
  set(false);
  await clock.advance(100);
  expect(told).toEqual([]);
});

it('finds a change that nobody heard of, and does not hurry one that is under way', async () => {
  const { clock, line, told, debounce, set } = debounced();
  line.high = true;
  debounce.look();
  await clock.advance(20);
  expect(told).toEqual([true]);
  set(false);
  await clock.advance(15);
  debounce.look();
  await clock.advance(5);
  expect(told).toEqual([true, false]);
});

it('tells nothing after its end', async () => {
  const { clock, told, debounce, set } = debounced();
  set(true);
  debounce.cancel();
  await clock.advance(100);
  expect([told, clock.timers]).toEqual([[], 0]);
});
