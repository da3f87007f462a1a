import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Coalescer } from '../../src/frame/coalescer.js';
import { type Hold, Holds } from '../../src/frame/holds.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** A coalescer over plain numbers `d.a`, `d.b`, `d.c`. */
function bench() {
  const clock = new VirtualClock();
  const values = new Map<string, number | null>([
    ['a', 0],
    ['b', 0],
    ['c', 0],
  ]);
  const read = (_: string, point: string) => values.get(point);
  const holds = new Holds({ read, ended: (device, point, atOnce) => coalescer.repeat(device, point, atOnce) });
  const coalescer: Coalescer = new Coalescer({
    clock,
    holds,
    maxHz: 5,
    devices: () => ['d'],
    points: () => values.keys(),
    read,
    absent: null,
  });
  const change = (point: string, value: number | null) => {
    values.set(point, value);
    coalescer.mark('d', [point]);
  };
  const take = () => {
    const { keys, full } = coalescer.take();
    return { full, said: Object.fromEntries(keys.map((key) => [key.point, coalescer.read(key)])) };
  };
  const hold = (point: string) => holds.begin('d', point);
  return { clock, values, coalescer, change, take, hold };
}

test('the first change after a quiet spell is due at once, the next one a window later', async () => {
  const { clock, coalescer, change, take } = bench();
  expect(coalescer.dueIn()).toBe(Number.POSITIVE_INFINITY);
  change('a', 1);
  expect(coalescer.dueIn()).toBe(0);
  expect(take()).toEqual({ full: false, said: { a: 1 } });
  change('a', 2);
  change('b', 3);
  change('a', 4);
  expect(coalescer.dueIn()).toBe(200);
  await clock.advance(200);
  expect(coalescer.dueIn()).toBe(0);
  expect(take().said).toEqual({ a: 4, b: 3 });
  await clock.advance(1_000);
  change('c', 5);
  expect(coalescer.dueIn()).toBe(0);
});

test('a held point is said at once when its answer has left', () => {
  const { coalescer, change, take, hold } = bench();
  take();
  const command = hold('a');
  change('a', 2);
  change('b', 1);
  expect(coalescer.dueIn()).toBe(200);
  const sent = command.answered(2);
  expect(take().said).toEqual({ b: 1 });
  sent();
  expect(coalescer.dueIn()).toBe(0);
  expect(take().said).toEqual({ a: 2 });
});

test('a change from before the hold is said in spite of it', () => {
  const { change, take, hold } = bench();
  change('a', 1);
  hold('a');
  change('a', 2);
  expect(take().said).toEqual({ a: 1 });
});

test('while others hold it, a point is said as each answered command left it, never an older value after a newer', () => {
  const { coalescer, change, take, hold } = bench();
  const [one, two, three, four] = [hold('a'), hold('a'), hold('a'), hold('a')];
  change('a', 1);
  const first = one.answered(1);
  change('a', 2);
  const second = two.answered(2);
  change('a', 3);
  const refused = three.answered();
  second();
  expect(coalescer.dueIn()).toBe(0);
  expect(take().said).toEqual({ a: 2 });
  for (const sent of [first, refused]) {
    sent();
    expect(coalescer.dueIn()).toBe(0);
    expect(take().said).toEqual({ a: 2 });
  }
  four.answered(3)();
  expect(take().said).toEqual({ a: 3 });
});

test('the end of a hold says the point even where nothing changed; at the usual pace where nobody waits for it', () => {
  const { coalescer, take, hold } = bench();
  take();
  hold('a').release();
  expect(coalescer.dueIn()).toBe(200);
  expect(take().said).toEqual({ a: 0 });
});

test('a full frame says of a held point what it was, or that it is unknown', () => {
  const { coalescer, change, take, hold } = bench();
  hold('a');
  hold('b');
  change('a', 7);
  change('b', null);
  coalescer.full();
  expect(take()).toEqual({ full: true, said: { a: 0, b: null, c: 0 } });
});

test('what was unknown when a command began stays unknown until its answer, and what does not exist is not held', () => {
  const { values, coalescer, change, take, hold } = bench();
  take();
  change('a', null);
  take();
  const command = hold('a');
  change('a', 1);
  coalescer.full();
  expect(take().said).toMatchObject({ a: null });
  command.release(1);
  expect(take().said).toEqual({ a: 1 });
  const none = hold('nothing');
  values.set('nothing', 1);
  none.release(1);
  none.answered(1)();
  expect(coalescer.dueIn()).toBe(Number.POSITIVE_INFINITY);
});

test('a hold ends once', () => {
  const { coalescer, change, take, hold } = bench();
  take();
  const [first] = [hold('a'), hold('a')];
  first.release();
  take();
  first.release();
  first.answered(1)();
  change('a', 1);
  expect(coalescer.dueIn()).toBe(Number.POSITIVE_INFINITY);
});

test('a new list of points says all of them, and once that a lost one is unknown', () => {
  const { values, coalescer, take } = bench();
  coalescer.full();
  take();
  values.delete('b');
  values.set('e', 9);
  coalescer.relist('d');
  expect(coalescer.dueIn()).toBe(200);
  expect(take()).toEqual({ full: false, said: { a: 0, b: null, c: 0, e: 9 } });
  coalescer.full();
  expect(take().said).toEqual({ a: 0, c: 0, e: 9 });
});

test('whatever happens: the last values arrive, none before its answer, never an older after a newer, never more than 5 frames a second', async () => {
  const point = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('change' as const), point }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('hold' as const, 'answer' as const), point }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 300 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('refuse' as const, 'full' as const) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { clock, values, coalescer, change, take, hold } = bench();
      const seen = new Map<string, number>();
      const holds: { point: string; command: Hold }[] = [];
      const isHeld = (id: string) => holds.some(({ point }) => point === id);
      /** The newest value of each point that may be said. */
      const open = new Map<string, number>();
      let next = 1;
      let urgent = false;
      let takenAt = Number.NEGATIVE_INFINITY;
      let refuse = false;
      const pull = () => {
        if (refuse || coalescer.dueIn() > 0) return;
        if (!urgent) expect(clock.now() - takenAt).toBeGreaterThanOrEqual(200);
        takenAt = clock.now();
        urgent = false;
        const { said } = take();
        for (const [id, value] of Object.entries(said)) {
          expect(value).toBeGreaterThanOrEqual(seen.get(id) ?? 0);
          if (isHeld(id)) expect(value).toBeLessThanOrEqual(open.get(id) ?? 0);
          seen.set(id, Number(value));
        }
      };
      for (const it of steps) {
        if (it.kind === 'change') change(it.point, next++);
        if (it.kind === 'hold') {
          if (!isHeld(it.point)) open.set(it.point, values.get(it.point) ?? 0);
          holds.push({ point: it.point, command: hold(it.point) });
        }
        const answered = it.kind === 'answer' ? holds.findIndex(({ point }) => point === it.point) : -1;
        if (it.kind === 'answer' && answered >= 0) {
          change(it.point, next++);
          open.set(it.point, next - 1);
          for (const { command } of holds.splice(answered, 1)) command.answered(next - 1)();
          urgent = true;
        }
        if (it.kind === 'refuse') refuse = !refuse;
        if (it.kind === 'full') {
          coalescer.full();
          urgent = true;
        }
        if (it.kind === 'wait') await clock.advance(it.ms);
        pull();
      }
      refuse = false;
      urgent = true;
      for (const { command } of holds.splice(0)) command.release();
      pull();
      await clock.advance(200);
      pull();
      for (const [id, value] of values) expect(seen.get(id) ?? 0).toBe(value);
      expect(coalescer.dueIn()).toBe(Number.POSITIVE_INFINITY);
    }),
    { numRuns: 150 },
  );
});
