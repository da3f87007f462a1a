import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivedSchema } from '../../src/config/derived-schema.js';
import { formulasOf } from '../../src/config/formulas.js';
import type { Value } from '../../src/device/point.js';
import { Derived } from '../../src/state/derived.js';
import { Store } from '../../src/state/store.js';
import { KeptLog } from '../support/mesh-side.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** A store with a device `d` of three numbers, and points that follow from them. */
function bench(derived: { readonly [id: string]: unknown }) {
  const clock = new VirtualClock();
  const store = new Store(clock);
  const points = ['a', 'b', 'c'];
  store.add('d');
  const describe = () =>
    store.describe(
      'd',
      points.map((id) => ({ id, role: 'sensor', type: 'number' })),
    );
  describe();
  const log = new KeptLog();
  const work = new Derived(formulasOf(derivedSchema.parse(derived)), store, log);
  work.start();
  const changes: { point: string; value: Value | null }[] = [];
  store.subscribe({
    changed: (device, changed) => {
      if (device !== 'derived') return;
      for (const point of changed) changes.push({ point, value: store.point('derived', point)?.value ?? null });
    },
  });
  const say = (values: { [point: string]: Value | null }) =>
    store.report(
      'd',
      Object.entries(values).map(([point, value]) => ({ point, value })),
    );
  const now = () => Object.fromEntries([...store.points('derived')].map(([id, { value }]) => [id, value]));
  return { clock, store, work, log, changes, say, now, points, describe };
}

describe('a derived point', () => {
  it('follows what it is made of, and is unknown until all of it is known', () => {
    const { say, now, store } = bench({ sum: 'd.a + d.b', hot: { formula: 'd.a > 30', label: 'Hot' } });
    expect(now()).toEqual({ sum: null, hot: null });
    say({ a: 10 });
    expect(now()).toEqual({ sum: null, hot: false });
    say({ b: 5 });
    expect(now()).toEqual({ sum: 15, hot: false });
    say({ a: null });
    expect(now()).toEqual({ sum: null, hot: null });
    expect(store.point('derived', 'hot')?.spec).toMatchObject({ type: 'boolean', role: 'sensor', label: 'Hot' });
    expect(store.health('derived')).toBe('online');
  });

  it('is stale where one of its inputs is, unknown with a lost device, and as old as its oldest input', async () => {
    const { say, store, clock } = bench({ sum: 'd.a + d.b' });
    say({ a: 1 });
    await clock.advance(500);
    say({ b: 2 });
    expect(store.point('derived', 'sum')).toMatchObject({ value: 3, quality: 'good', at: 0 });
    await clock.advance(500);
    say({ a: 1 });
    expect(store.point('derived', 'sum')?.at).toBe(500);
    store.stale('d');
    expect(store.point('derived', 'sum')).toMatchObject({ value: 3, quality: 'stale' });
    store.fresh('d');
    expect(store.point('derived', 'sum')?.quality).toBe('good');
    store.forget('d');
    expect(store.point('derived', 'sum')).toMatchObject({ value: null, quality: 'unknown', at: undefined });
  });

  it('is unknown when its point is gone, or what comes out is no value of it', () => {
    const { say, now, points, describe } = bench({ inverse: '1 / d.a', copy: 'd.b' });
    say({ a: 0, b: 7 });
    expect(now()).toEqual({ inverse: null, copy: 7 });
    points.splice(1, 1);
    describe();
    expect(now()['copy']).toBeNull();
  });

  it('is of the type of the points that it copies or chooses from, as soon as these are described', () => {
    const { store, now, work } = bench({
      copy: 'pins.door',
      pick: 'pins.door ? pins.word : pins.text',
      again: 'derived.copy ? derived.pick : derived.pick',
      sum: 'd.a + pins.door',
    });
    expect(now()).toEqual({ sum: null });
    store.describe('pins', [
      { id: 'door', role: 'sensor', type: 'boolean' },
      { id: 'word', role: 'sensor', type: 'enum', options: ['up', 'down'] },
      { id: 'text', role: 'sensor', type: 'string' },
    ]);
    const typeOf = (point: string) => store.point('derived', point)?.spec.type;
    expect(['copy', 'pick', 'again', 'sum'].map(typeOf)).toEqual(['boolean', 'string', 'string', 'number']);
    store.report('pins', [
      { point: 'door', value: true },
      { point: 'word', value: 'up' },
      { point: 'text', value: 'ajar' },
    ]);
    store.report('d', [{ point: 'a', value: 1 }]);
    expect(now()).toEqual({ copy: true, pick: 'up', again: 'up', sum: null });
    store.report('pins', [{ point: 'door', value: false }]);
    expect(now()).toMatchObject({ copy: false, pick: 'ajar', again: 'ajar' });
    store.describe('pins', [{ id: 'door', role: 'sensor', type: 'number' }]);
    store.report('pins', [{ point: 'door', value: 3 }]);
    expect(now()).toMatchObject({ copy: 3, sum: 4 });
    work.stop();
  });

  it('that wants other points than there are says so once, and stays unknown', () => {
    const { store, log, now } = bench({ twice: 'pins.door * 2' });
    const describeDoor = () => store.describe('pins', [{ id: 'door', role: 'sensor', type: 'boolean' }]);
    describeDoor();
    describeDoor();
    store.report('pins', [{ point: 'door', value: true }]);
    expect(now()).toEqual({ twice: null });
    expect(log.lines).toEqual(['[warn] `*` wants a number, this is a boolean [expression/invalid]; it stays unknown']);
  });

  it('changes once with all that it is made of, over others too', () => {
    const { say, changes } = bench({ total: 'derived.twice + derived.more', twice: '2 * d.a', more: 'd.a + 1' });
    say({ a: 1 });
    expect(changes.filter(({ point }) => point === 'total')).toEqual([{ point: 'total', value: 4 }]);
    say({ a: 2, b: 9 });
    expect(changes.filter(({ point }) => point === 'total').map(({ value }) => value)).toEqual([4, 7]);
  });

  it('follows nothing any more when it was stopped', () => {
    const { say, now, work } = bench({ copy: 'd.a' });
    say({ a: 1 });
    work.stop();
    say({ a: 2 });
    expect(now()).toEqual({ copy: 1 });
  });

  it('is what its formula says of the inputs, whatever happened before', () => {
    const value = fc.option(fc.integer({ min: -50, max: 50 }), { nil: null });
    const step = fc.record({ a: value, b: value, c: value }, { requiredKeys: [] });
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 9, arbitrary: step }, fc.constant('forget' as const)), { maxLength: 30 }),
        (steps) => {
          const { say, now, store } = bench({
            both: 'derived.sum * derived.big',
            sum: 'd.a + d.b',
            big: 'max(d.b, d.c)',
          });
          for (const it of steps) {
            if (it === 'forget') store.forget('d');
            else say(Object.fromEntries(Object.entries(it).filter(([, given]) => given !== undefined)) as never);
            const [a, b, c] = ['a', 'b', 'c'].map((id) => store.point('d', id)?.value ?? null) as (number | null)[];
            const sum = typeof a === 'number' && typeof b === 'number' ? a + b : null;
            const big = typeof b === 'number' && typeof c === 'number' ? Math.max(b, c) : null;
            // The product of 0 and a negative number is -0, which is said as 0.
            expect(now()).toEqual({ sum, big, both: sum === null || big === null ? null : sum * big + 0 });
          }
        },
      ),
    );
  });
});
