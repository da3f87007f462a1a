import { expect, test } from 'vitest';
import type { PointSpec } from '../../src/device/point.js';
import { Store } from '../../src/state/store.js';
import { VirtualClock } from '../support/virtual-clock.js';

const TEMP: PointSpec = { id: 'temp', role: 'sensor', type: 'number', unit: '°C' };
const MODE: PointSpec = { id: 'mode', role: 'sensor', type: 'enum', options: ['low', 'high'] };

function listened() {
  const store = new Store(new VirtualClock());
  const described: string[] = [];
  store.subscribe({ described: (device) => void described.push(device) });
  return { store, described };
}

test('points are told once, however often they are said', () => {
  const { store, described } = listened();
  for (let i = 0; i < 3; i++) store.describe('shed', [{ ...TEMP }, { ...MODE, options: ['low', 'high'] }]);
  expect(described).toEqual(['shed']);
});

test('points are told where anything of them, or their order, is another', () => {
  const { store, described } = listened();
  const lists = [[TEMP, MODE], [MODE, TEMP], [MODE], [{ ...MODE, options: ['low'] }], []];
  for (const specs of lists) store.describe('shed', specs);
  expect(described).toHaveLength(lists.length);
});

test('a device that was not there, or begins anew, is told also without points', () => {
  const { store, described } = listened();
  store.describe('shed', []);
  store.anew('shed');
  store.anew('yard');
  expect(described).toEqual(['shed', 'shed', 'yard']);
});

test('points that are said again keep what is known of them', () => {
  const { store } = listened();
  store.describe('shed', [TEMP]);
  store.report('shed', [{ point: 'temp', value: 20 }]);
  store.describe('shed', [TEMP]);
  expect(store.point('shed', 'temp')).toMatchObject({ value: 20, quality: 'good' });
});

test('one that stops listening while it is told makes nobody else miss it', () => {
  const { store } = listened();
  store.describe('shed', [TEMP]);
  const heard: string[] = [];
  const leave = store.subscribe({
    changed: () => {
      heard.push('first');
      leave();
    },
  });
  store.subscribe({ changed: () => void heard.push('second') });
  for (const value of [20, 21]) store.report('shed', [{ point: 'temp', value }]);
  expect(heard).toEqual(['first', 'second', 'second']);
});
