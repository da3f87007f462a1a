import { expect, it } from 'vitest';
import { watchPoint } from '../../src/control/point-watch.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { Store } from '../../src/state/store.js';
import { VirtualClock } from '../support/virtual-clock.js';

function watched(point: string) {
  const store = new Store(new VirtualClock());
  store.describe('shed', [
    { id: 'temp', role: 'sensor', type: 'number', unit: '°C' },
    { id: 'hum', role: 'sensor', type: 'number' },
    { id: 'bell', role: 'event', type: 'string' },
  ]);
  store.describe('yard', [{ id: 'temp', role: 'sensor', type: 'number' }]);
  const told: JsonObject[] = [];
  const end = watchPoint(store, 'shed', point, (entry) => told.push(entry));
  return { store, told, end };
}

it('tells what a point is, each of its readings once, and when these are old or lost', () => {
  const { store, told, end } = watched('temp');
  for (const value of [20, 20, 21]) store.report('shed', [{ point: 'temp', value }]);
  store.report('shed', [{ point: 'hum', value: 50 }]);
  store.report('yard', [{ point: 'temp', value: 5 }]);
  store.stale('shed');
  store.forget('shed');
  expect(told).toEqual([
    { value: null, quality: 'unknown', unit: '°C' },
    { value: 20, quality: 'good', unit: '°C' },
    { value: 20, quality: 'good', unit: '°C' },
    { value: 21, quality: 'good', unit: '°C' },
    { value: 21, quality: 'stale', unit: '°C' },
    { value: null, quality: 'unknown', unit: '°C' },
  ]);
  end();
  store.report('shed', [{ point: 'temp', value: 22 }]);
  expect(told).toHaveLength(6);
});

it('tells what happens at an event', () => {
  const { store, told } = watched('bell');
  store.event('shed', { point: 'bell', event: 'pressed', count: 3 });
  store.event('shed', { point: 'bell', event: 'released' });
  expect(told).toEqual([{ event: 'pressed', count: 3 }, { event: 'released' }]);
});
