import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { silentLog } from '../../src/log.js';
import { PacedFile } from '../../src/state/paced-file.js';
import { StateFile } from '../../src/state/state-file.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** A paced file on a disk that says when it was written, and what; `works`: whether it can be. */
function paced(works: (at: number) => boolean = () => true) {
  const clock = new VirtualClock();
  const writes: { at: number; n: number }[] = [];
  const kept = { n: 0 };
  const file = {
    write: async (value: { n: number }) => {
      const at = clock.now();
      if (works(at)) writes.push({ at, n: value.n });
      return works(at);
    },
    settled: async () => {},
  };
  const state = new PacedFile({ file, take: () => ({ ...kept }), clock, intervalMs: 10_000 });
  const change = () => {
    kept.n += 1;
    state.changed();
  };
  return { clock, writes, kept, state, change };
}

it('writes the first change at once, then at most once in each interval, and the last one in any case', async () => {
  const { clock, writes, change } = paced();
  for (let ms = 0; ms < 25_000; ms += 100) {
    change();
    await clock.advance(100);
  }
  await clock.advance(60_000);
  expect(writes).toEqual([
    { at: 0, n: 1 },
    { at: 10_000, n: 100 },
    { at: 20_000, n: 200 },
    { at: 30_000, n: 250 },
  ]);
  change();
  await clock.advance(0);
  expect(writes.at(-1)).toEqual({ at: 85_000, n: 251 });
});

it('leaves the disk alone for an hour in which nothing changes, and has no timer', async () => {
  const { clock, writes, change } = paced();
  change();
  await clock.advance(3_600_000);
  expect(writes).toHaveLength(1);
  expect(clock.timers).toBe(0);
});

it('writes what can not wait at once, and goes on at its pace from there', async () => {
  const { clock, writes, kept, state, change } = paced();
  change();
  await clock.advance(3_000);
  kept.n = 7;
  expect(await state.write()).toBe(true);
  change();
  await clock.advance(60_000);
  expect(writes).toEqual([
    { at: 0, n: 1 },
    { at: 3_000, n: 7 },
    { at: 13_000, n: 8 },
  ]);
});

it('tries again at its pace what could not be written, with what is true by then', async () => {
  const { clock, writes, kept, change } = paced((at) => at >= 35_000);
  change();
  await clock.advance(20_000);
  kept.n = 9;
  await clock.advance(40_000);
  expect(writes).toEqual([{ at: 40_000, n: 9 }]);
  expect(clock.timers).toBe(0);
});

it('writes what waits when it is closed, and nothing afterwards', async () => {
  const { clock, writes, state, change } = paced();
  change();
  await clock.advance(1_000);
  change();
  await state.close();
  expect(writes.at(-1)).toEqual({ at: 1_000, n: 2 });
  change();
  await state.close();
  await clock.advance(60_000);
  expect(writes).toHaveLength(2);
  expect(clock.timers).toBe(0);
});

it('writes again at its close what a write under way did not get onto the disk', async () => {
  const clock = new VirtualClock();
  const writes: number[] = [];
  let fail = () => {};
  const slow = new Promise<boolean>((resolve) => {
    fail = () => resolve(false);
  });
  const write = async ({ n }: { n: number }) => (writes.push(n) === 1 ? await slow : true);
  const file = { write, settled: async () => {} };
  let n = 1;
  const state = new PacedFile({ file, take: () => ({ n }), clock, intervalMs: 10_000 });
  state.changed();
  await clock.advance(0);
  n = 2;
  const closed = state.close();
  fail();
  await closed;
  expect(writes).toEqual([1, 2]);
  expect(clock.timers).toBe(0);
});

it('says that a write hangs, and nothing of one that is only slow', async () => {
  const clock = new VirtualClock();
  const hung: number[] = [];
  let done = () => {};
  const write = () =>
    new Promise<boolean>((resolve) => {
      done = () => resolve(true);
    });
  const file = { write, settled: async () => {}, hangs: () => void hung.push(clock.now()) };
  const state = new PacedFile({ file, take: () => ({ n: 1 }), clock, intervalMs: 10_000 });
  const slow = state.write();
  await clock.advance(9_000);
  done();
  expect(await slow).toBe(true);
  expect(clock.timers).toBe(0);
  void state.write();
  await clock.advance(3_600_000);
  expect(hung).toEqual([19_000]);
});

it('does not try for ever what can not be written when it is closed', async () => {
  const { clock, writes, state, change } = paced(() => false);
  change();
  await state.close();
  expect(writes).toEqual([]);
  expect(clock.timers).toBe(0);
});

it('is closed once a real file holds the last change', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carter-paced-'));
  const file = new StateFile<{ n: number }>(join(folder, 'n.json'), silentLog);
  let n = 0;
  const state = new PacedFile({ file, take: () => ({ n }), clock: new VirtualClock(), intervalMs: 10_000 });
  void state.write();
  n = 2;
  state.changed();
  await state.close();
  expect(JSON.parse(readFileSync(join(folder, 'n.json'), 'utf8'))).toEqual({ version: 1, n: 2 });
  rmSync(folder, { recursive: true });
});
