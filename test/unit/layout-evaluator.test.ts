import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionsOf, isDead } from '../../src/layout/actions.js';
import { TYPES } from '../../src/layout/catalogue.js';
import { isMet } from '../../src/layout/condition.js';
import { contractOf } from '../../src/layout/contract.js';
import { emission, substitute } from '../../src/layout/emit.js';
import { matches, sameJson } from '../../src/layout/filter.js';
import { accept, hear, listensOf } from '../../src/layout/sync.js';
import { putAt, segments, valueAt } from '../../src/layout/value-path.js';
import { containers, spots } from '../../src/layout/walk.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import emitCases from '../vectors/layouts/emit.json' with { type: 'json' };
import syncCases from '../vectors/layouts/sync.json' with { type: 'json' };

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>;
const object = fc.dictionary(fc.string(), json) as fc.Arbitrary<JsonObject>;
const type = fc.constantFrom(...TYPES.keys(), 'somethingNew');

describe('sync', () => {
  it.each(syncCases.map((row) => [row.rule, row] as const))('%s', (_rule, row) => {
    const [listen] = listensOf({ sync: [row.sync] });
    const outcome = listen ? hear(row.type, listen, row.frame) : { miss: 'not_heard' };
    expect(outcome).toEqual('gives' in row ? { delivery: row.gives } : { miss: row.misses });
  });

  it('is a list; anything else is no sync at all', () => {
    expect(listensOf({ sync: { valuePath: 'a' } })).toEqual([]);
    expect(listensOf({ sync: [1, null, { valuePath: 'a', filter: [] }] })).toEqual([]);
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(object, type, json, (control, name, frame) => {
        for (const listen of listensOf(control)) hear(name, listen, frame);
        accept(name, frame);
      }),
    );
  });

  it('delivers what was put at the path of a frame that has the filter', () => {
    const keys = fc.array(
      fc.string({ minLength: 1 }).filter((key) => !key.includes('.')),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(object, keys, json, (filter, steps, value) => {
        const frame = structuredClone(filter);
        const path = steps.join('.');
        fc.pre(!Object.hasOwn(filter, steps[0] ?? ''));
        expect(putAt(frame, path, value)).toBe(true);
        expect(matches(filter, frame)).toBe(true);
        expect(valueAt(frame, path)).toEqual({ found: true, value });
      }),
    );
  });
});

describe('filters', () => {
  it('hold for equal JSON and for no other', () => {
    fc.assert(
      fc.property(object, (frame) => {
        const copy = JSON.parse(JSON.stringify(frame)) as JsonObject;
        // JSON has no -0 and no own __proto__ of its own kind after a copy.
        fc.pre(Object.keys(copy).length === Object.keys(frame).length);
        expect(sameJson(copy, frame)).toBe(true);
        expect(matches(copy, { ...frame, extra: 1 })).toBe(true);
      }),
    );
  });

  it('never throw', () => {
    fc.assert(fc.property(json, json, (filter, frame) => void matches(filter, frame)));
  });
});

describe('paths', () => {
  it('never throw, and put nothing where something is', () => {
    fc.assert(
      fc.property(json, object, fc.string(), (frame, into, path) => {
        valueAt(frame, path);
        const before = valueAt(into, path);
        if (putAt(into, path, 1)) expect(before.found).toBe(false);
      }),
    );
    expect(segments('..')).toEqual([]);
    expect(putAt({}, '..', 1)).toBe(false);
  });

  it('do not reach into prototypes', () => {
    const frame: JsonObject = {};
    expect(putAt(frame, '__proto__.polluted', 1)).toBe(true);
    expect(({} as JsonObject)['polluted']).toBeUndefined();
    expect(valueAt(frame, '__proto__.polluted')).toEqual({ found: true, value: 1 });
  });
});

describe('emissions', () => {
  it.each(emitCases.map((row) => [row.rule, row] as const))('%s', (_rule, row) => {
    const action = { event: 'broadcast_request', payload: row.payload };
    expect(emission(action, row.gesture, row.type)).toEqual({ event: 'broadcast_request', payload: row.gives });
  });

  it('never throw, and bring a value back as it was', () => {
    fc.assert(
      fc.property(json, json, type, (payload, value, name) => {
        substitute(payload, { value }, name);
        expect(substitute({ a: ['{{value}}'] }, { value }, name)).toEqual({ a: [value] });
      }),
    );
  });

  it('go over the relay only', () => {
    expect(emission({ method: 'mqtt', event: 'x' }, {})).toBeUndefined();
    expect(emission({ method: 'local' }, {})).toBeUndefined();
    expect(emission({ event: 'set_power' }, {})).toEqual({ event: 'set_power', payload: null });
    expect(isDead('set_power')).toBe(true);
    expect(['broadcast_request', 'route_msg', 'route_msg_noreply', 'ping', 'get_nodes'].some(isDead)).toBe(false);
  });

  it('are found in the configuration of data controls too', () => {
    const control = {
      action: { event: 'a' },
      longPressAction: { event: 'b' },
      graphConfig: { nodeAction: { event: 'c' }, nodeColor: '#fff' },
      canvasConfig: { events: { place: { event: 'd' } } },
      heatmapConfig: { cellAction: 'nothing' },
    };
    expect(actionsOf(control).map(({ name, path }) => [name, path.join('.')])).toEqual([
      ['action', 'action'],
      ['longPressAction', 'longPressAction'],
      ['nodeAction', 'graphConfig.nodeAction'],
      ['place', 'canvasConfig.events.place'],
    ]);
  });
});

describe('the walk', () => {
  const leaf = (id: string) => ({ type: 'label', id });
  const layout = {
    tabs: [
      {
        title: 'a',
        children: [
          leaf('plain'),
          { id: 'echoed', children: [leaf('in-echoed')] },
          { type: 'group', id: 'outer', children: [{ type: 'group', id: 'inner', children: [leaf('deep')] }] },
          { type: 'carousel', id: 'pages', panels: [{ type: 'group', id: 'page', children: [leaf('on-page')] }] },
          { type: 'canvas', id: 'free', canvasConfig: { items: [{ id: 'card', control: leaf('on-canvas') }] } },
          { ...leaf('held'), longPressGroup: { id: 'popup', children: [leaf('in-popup')] } },
          'nonsense',
        ],
      },
      { children: [leaf('second')] },
    ],
  };

  it('meets every control once, with its place', () => {
    const found = [...spots(layout)];
    expect(found.map(({ id }) => id)).toEqual(
      'plain echoed in-echoed outer inner deep pages page on-page free on-canvas held popup in-popup second'.split(' '),
    );
    for (const { path, control } of found) {
      let at: unknown = layout;
      for (const step of path) at = (at as JsonObject)[step];
      expect(at).toBe(control);
    }
    expect(found.find(({ id }) => id === 'echoed')?.type).toBe('group');
    expect(found.find(({ id }) => id === 'on-canvas')?.placed).toBe(false);
    expect([...containers(layout)].length).toBe(7);
  });

  it('never throws', () => {
    const nest = fc.letrec((tie) => ({
      node: fc.dictionary(
        fc.constantFrom(
          'tabs',
          'children',
          'panels',
          'longPressGroup',
          'canvasConfig',
          'items',
          'control',
          'id',
          'sync',
        ),
        fc.oneof(
          { maxDepth: 6, withCrossShrink: false },
          fc.constantFrom<unknown>('x', 1, null, []),
          fc.array(tie('node'), { maxLength: 2 }),
          tie('node'),
        ),
      ),
    })).node;
    fc.assert(
      fc.property(fc.oneof(json, nest), (layout) => {
        for (const { control, path } of spots(layout)) {
          let at: unknown = layout;
          for (const step of path) at = (at as JsonObject)[step];
          expect(at).toBe(control);
        }
        contractOf(layout);
      }),
    );
  });

  it('ends in a layout that nests without end', () => {
    const group: JsonObject = { type: 'group', id: 'g' };
    group['children'] = [group];
    expect([...spots({ tabs: [{ children: [group] }] })].length).toBeLessThan(100);
  });
});

describe('conditions', () => {
  const values: Record<string, unknown> = { on: true, temp: 21, word: 'online' };
  const met = (condition: unknown) => isMet(condition, (id) => values[id]);

  it.each([
    [{ when: 'on', operator: 'eq', value: true }, true],
    [{ when: 'on', value: true }, true],
    [{ when: 'on', value: 1 }, false],
    [{ when: 'word', operator: 'neq', value: 'offline' }, true],
    [{ when: 'temp', operator: 'gt', value: 20 }, true],
    [{ when: 'temp', operator: 'lte', value: 20 }, false],
    [{ when: 'temp', operator: 'gt', value: '20' }, false],
    [{ when: 'word', operator: 'in', value: ['online', 'stale'] }, true],
    [{ when: 'none', operator: 'neq', value: 1 }, false],
    [{ when: 'none', operator: 'exists', value: false }, true],
    [{ ref: { control: 'on' }, value: true }, true],
    [{ ref: { selected: 'on' }, value: true }, false],
    [{ all: [{ when: 'on', value: true }, { not: { when: 'temp', value: 3 } }] }, true],
    [{ any: [{ when: 'on', value: false }] }, false],
    [{ when: 'on', operator: 'like', value: true }, false],
    ['on', false],
  ])('%j: %s', (condition, result) => {
    expect(met(condition)).toBe(result);
  });

  it('never throw', () => {
    fc.assert(fc.property(json, (condition) => void met(condition)));
  });
});
