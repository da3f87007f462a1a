import { expect, test } from 'vitest';
import type { PointSpec } from '../../src/device/point.js';
import { Binding } from '../../src/layout/bind.js';
import { deck } from '../../src/layout/deck.js';
import { generate } from '../../src/layout/generate.js';
import { PhoneSnapshot } from '../../src/phone-snapshot.js';
import { Store } from '../../src/state/store.js';
import { VirtualClock } from '../support/virtual-clock.js';
import telemetry from '../vectors/layouts/telemetry.json' with { type: 'json' };

const POINTS: PointSpec[] = [
  { id: 'temp', role: 'sensor', type: 'number', unit: '°C', min: 0, max: 40 },
  { id: 'hum', role: 'sensor', type: 'number', min: 0, max: 100 },
  { id: 'button', role: 'event', type: 'string' },
  { id: 'pump', role: 'actuator', type: 'boolean', safe: false },
];

function shed() {
  const store = new Store(new VirtualClock());
  store.describe('shed', POINTS);
  store.setHealth('shed', 'online');
  store.report('shed', [{ point: 'temp', value: 21.5 }, { point: 'pump', value: true }]); // biome-ignore format: one line
  return store;
}
const layoutOf = (store: Store) =>
  generate({
    namespace: 'home',
    name: 'home',
    devices: store.devices().map((id) => ({ id, points: [...store.points(id).values()].map(({ spec }) => spec) })),
  });
const made = (store: Store) =>
  new PhoneSnapshot({
    store,
    namespace: 'home',
    layout: () => layoutOf(store),
    deck: () => deck(store, 'home'),
    binding: undefined,
  });

test('every control of the made layout is in it, static and dynamic; what nobody knows is not', () => {
  const store = shed();
  const snapshot = made(store);
  const controls = snapshot.controls();
  expect(Object.fromEntries(controls)).toMatchObject({
    'app-health': 'online',
    'health-shed': 'online',
    'dev-shed-temp': 21.5,
    'dev-shed-temp-quality': 'good',
    'dev-shed-hum-quality': 'unknown',
    'dev-shed-pump': true,
    'dyn-shed--health': 'online',
    'dyn-shed-temp': 21.5,
    'dyn-shed-pump': true,
  });
  for (const unknown of ['dev-shed-hum', 'dyn-shed-hum', 'dev-shed-button']) expect(controls.has(unknown)).toBe(false);
});

test('it follows values at once, and devices that describe themselves later', () => {
  const store = shed();
  const snapshot = made(store);
  snapshot.controls();
  store.report('shed', [{ point: 'temp', value: 22 }]);
  expect(snapshot.controls().get('dev-shed-temp')).toBe(22);
  store.describe('barn', POINTS);
  store.report('barn', [{ point: 'pump', value: false }]);
  expect(snapshot.controls().get('dyn-barn-pump')).toBe(false);
  expect(snapshot.controls().get('dev-barn-pump')).toBe(false);
});

test('a layout written by hand is told in its own ids', () => {
  const store = shed();
  const binding = new Binding(
    telemetry,
    { temperature: 'shed.temp', exact: 'shed.temp', humidity: 'shed.hum', link: 'shed' },
    'home',
  );
  const snapshot = new PhoneSnapshot({ store, namespace: 'home', layout: () => telemetry, deck: () => [], binding });
  expect(Object.fromEntries(snapshot.controls())).toEqual({ temperature: 21.5, exact: 21.5, link: 'online' });
});

test('it is for whoever may show the layout, not for a phone that shows another bridge’s', () => {
  const snapshot = made(shed());
  for (const mine of [undefined, [], ['home.devices'], ['other.devices', 'home.devices'], 'home', 7]) {
    expect(snapshot.isFor(mine)).toBe(true);
  }
  expect(snapshot.isFor(['other.devices'])).toBe(false);
});
