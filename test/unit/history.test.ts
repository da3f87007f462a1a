import { expect, test } from 'vitest';
import { History } from '../../src/state/history.js';
import { Store } from '../../src/state/store.js';
import { VirtualClock } from '../support/virtual-clock.js';

function greenhouse(size?: number) {
  const store = new Store(new VirtualClock());
  store.describe('greenhouse', [
    { id: 'temp', role: 'sensor', type: 'number' },
    { id: 'pump', role: 'actuator', type: 'boolean' },
  ]);
  return { store, history: new History(store, size) };
}

test('only good numbers are sampled, the last 120 of them', () => {
  const { store, history } = greenhouse();
  history.sample();
  expect(history.snapshot()).toEqual({});
  for (let i = 0; i < 130; i++) {
    store.report('greenhouse', [
      { point: 'temp', value: i },
      { point: 'pump', value: true },
    ]);
    history.sample();
  }
  store.stale('greenhouse');
  history.sample();
  expect([...history.keys()]).toEqual([{ device: 'greenhouse', point: 'temp' }]);
  expect(history.get('greenhouse', 'temp')).toEqual(Array.from({ length: 120 }, (_, i) => i + 10));
  expect(history.get('greenhouse', 'pump')).toBeUndefined();
});

test('what was given out does not change any more', () => {
  const { store, history } = greenhouse(3);
  store.report('greenhouse', [{ point: 'temp', value: 1 }]);
  history.sample();
  const before = history.snapshot();
  history.sample();
  expect(before).toEqual({ greenhouse: { temp: [1] } });
  expect(history.snapshot()).toEqual({ greenhouse: { temp: [1, 1] } });
});

test('points that are gone are forgotten, others on request', () => {
  const { store, history } = greenhouse();
  const say = () => {
    store.report('greenhouse', [{ point: 'temp', value: 1 }]);
    history.sample();
  };
  say();
  store.describe('greenhouse', [{ id: 'temp', role: 'sensor', type: 'string' }]);
  history.sample();
  expect([...history.keys()]).toEqual([]);
  store.describe('greenhouse', [{ id: 'temp', role: 'sensor', type: 'number' }]);
  for (const forget of [
    () => history.forget(),
    () => history.forget('greenhouse'),
    () => history.forget('greenhouse', 'temp'),
  ]) {
    say();
    expect(history.get('greenhouse', 'temp')).toEqual([1]);
    forget();
    expect(history.snapshot()).toEqual({});
  }
});
