import { expect, it } from 'vitest';
import { RestartBudget } from '../../src/device/restart-budget.js';
import { VirtualClock } from '../support/virtual-clock.js';

it('is spent by the fifth loss within a minute, which says so', async () => {
  const clock = new VirtualClock();
  const budget = new RestartBudget(clock);
  const said: boolean[] = [];
  for (let i = 0; i < 7; i++) {
    said.push(budget.spend());
    await clock.advance(10_000);
  }
  expect(said).toEqual([false, false, false, false, true, false, false]);
  expect(budget).toMatchObject({ spent: true, failing: true });
});

it('is not spent by losses that are further apart', async () => {
  const clock = new VirtualClock();
  const budget = new RestartBudget(clock);
  for (let i = 0; i < 100; i++) {
    expect(budget.spend()).toBe(false);
    await clock.advance(15_000);
  }
  expect(budget.spent).toBe(false);
});

it('stays spent until a session has lasted, but fails only as long as sessions are lost', async () => {
  const clock = new VirtualClock();
  const budget = new RestartBudget(clock);
  for (let i = 0; i < 5; i++) budget.spend();
  await clock.advance(59_000);
  expect(budget.failing).toBe(true);
  await clock.advance(2_000);
  expect(budget).toMatchObject({ spent: true, failing: false });
  budget.refill();
  expect(budget.spent).toBe(false);
  expect(budget.spend()).toBe(false);
});
