import { describe, expect, it } from 'vitest';
import type { PointSpec } from '../../src/device/point.js';
import { deck } from '../../src/layout/deck.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { Store } from '../../src/state/store.js';
import { VirtualClock } from '../support/virtual-clock.js';

const POINTS: PointSpec[] = [
  { id: 'temp', role: 'sensor', type: 'number', unit: '°C', label: 'Temperature' },
  { id: 'door', role: 'sensor', type: 'boolean' },
  { id: 'word', role: 'sensor', type: 'string' },
  { id: 'button', role: 'event', type: 'string' },
  { id: 'pump', role: 'actuator', type: 'boolean', safe: false },
  { id: 'fan', role: 'actuator', type: 'number', min: 0, max: 100, step: 5 },
  { id: 'level', role: 'actuator', type: 'number' },
  { id: 'mode', role: 'actuator', type: 'enum', options: ['off', 'auto'] },
  { id: 'tune', role: 'actuator', type: 'enum', options: ['a', 'b', 'c', 'd', 'e', 'f'] },
  { id: 'text', role: 'actuator', type: 'string' },
];

interface Placed {
  id: string;
  type: string;
  position: [number, number];
  span: [number, number];
  grid?: { columns: number; rows: number };
  children?: Placed[];
  action?: JsonObject;
  sync?: unknown[];
}

function build(): Placed[] {
  const store = new Store(new VirtualClock());
  store.describe('shed', POINTS);
  store.describe('barn', POINTS.slice(0, 3));
  store.add('empty');
  return deck(store, 'home') as unknown as Placed[];
}

/** Every cell that the children of a group take, as text. */
function cells(children: Placed[]): string[] {
  return children.flatMap(({ position: [row, column], span: [rows, columns] }) =>
    Array.from({ length: rows * columns }, (_, i) => `${row + Math.floor(i / columns)},${column + (i % columns)}`),
  );
}

describe('the deck of devices', () => {
  it('has a group for each device that has points', () => {
    expect(build().map(({ id, type }) => [id, type])).toEqual([
      ['dyn-shed', 'group'],
      ['dyn-barn', 'group'],
    ]);
  });

  it('lays nothing over another, nor outside of its grid, and uses each id once', () => {
    const groups = build();
    const all = [groups, ...groups.map(({ children = [] }) => children)];
    for (const children of all) expect(new Set(cells(children)).size).toBe(cells(children).length);
    for (const { grid, children = [], span } of groups) {
      expect(span).toEqual([grid?.rows, 4]);
      for (const { position, span: size } of children) {
        expect(position[0] + size[0]).toBeLessThanOrEqual(grid?.rows ?? 0);
        expect(position[1] + size[1]).toBeLessThanOrEqual(4);
      }
    }
    const ids = all.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('chooses the control that fits each point', () => {
    const [shed] = build();
    const types = Object.fromEntries((shed?.children ?? []).map(({ id, type }) => [id.replace('dyn-shed-', ''), type]));
    expect(types).toEqual({
      '-health': 'statusLight',
      temp: 'label',
      door: 'label',
      word: 'label',
      pump: 'toggle',
      fan: 'slider',
      level: 'stepper',
      mode: 'segmentedControl',
      tune: 'picker',
      text: 'textInput',
    });
  });

  it('shows and commands each point with the bridge’s own frames', () => {
    const [shed] = build();
    const fan = shed?.children?.find(({ id }) => id === 'dyn-shed-fan');
    expect(fan).toMatchObject({
      min: 0,
      max: 100,
      step: 5,
      sync: [{ event: 'broadcast', filter: { msg_type: 'home.state' }, valuePath: 'shed.fan' }],
      action: {
        mode: 'broadcast',
        event: 'broadcast_request',
        payload: { msg_type: 'home.cmd', dev: 'shed', point: 'fan', value: '{{value}}' },
      },
    });
    expect(shed?.children?.find(({ id }) => id === 'dyn-shed-temp')?.action).toBeUndefined();
  });

  it('is the same each time, so that a repeated push changes nothing', () => {
    expect(JSON.stringify(build())).toBe(JSON.stringify(build()));
  });

  it.each([
    [{ min: 200 }, [200, 300]],
    [{ max: -5 }, [-105, -5]],
    [{ max: 40 }, [-60, 40]],
    [{}, [0, 100]],
  ])('gives a number with the limits %j a range that holds them', (limits, [min, max]) => {
    const store = new Store(new VirtualClock());
    store.describe('shed', [{ id: 'level', role: 'actuator', type: 'number', ...limits }]);
    const [shed] = deck(store, 'home') as unknown as Placed[];
    expect(shed?.children?.[1]).toMatchObject({ type: 'stepper', min, max });
  });

  it('shows no text that is none', () => {
    const store = new Store(new VirtualClock());
    const options = ['off', 'a\u202eb', '\u001b[31m'];
    store.describe('shed', [{ id: 'mode', role: 'actuator', type: 'enum', label: 'x\u0000y', options }]);
    expect(JSON.stringify(deck(store, 'home'))).not.toMatch(/\\u|\u202e/);
  });
});
