import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PointSpec, Value } from '../../src/device/point.js';
import { Binding } from '../../src/layout/bind.js';
import { emission } from '../../src/layout/emit.js';
import { fixedWish } from '../../src/layout/fixed-wish.js';
import { lintHardware } from '../../src/layout/lint-hardware.js';
import { suggest } from '../../src/layout/suggest.js';
import type { BoundName } from '../../src/layout/target.js';
import { matchTemplate } from '../../src/layout/template.js';
import { VirtualPhone } from '../../src/layout/virtual-phone.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { VirtualClock } from '../support/virtual-clock.js';

const SPECS: readonly PointSpec[] = [
  { id: 'temp', role: 'sensor', type: 'number', unit: '°C', min: -10, max: 50, label: 'Temperature' },
  { id: 'hum', role: 'sensor', type: 'number', min: 0, max: 100 },
  { id: 'door', role: 'sensor', type: 'boolean' },
  { id: 'button', role: 'event', type: 'string' },
  { id: 'pump', role: 'actuator', type: 'boolean', safe: false },
  { id: 'valve', role: 'actuator', type: 'boolean', safe: false },
  { id: 'fan', role: 'actuator', type: 'number', min: 0, max: 100, step: 5 },
  { id: 'mode', role: 'actuator', type: 'enum', options: ['off', 'auto', 'manual'] },
  { id: 'slow', role: 'actuator', type: 'boolean', within: 4_000 },
  { id: 'line', role: 'actuator', type: 'string' },
  { id: 'speed', role: 'actuator', type: 'number', min: -1, max: 1 },
  { id: 'turn', role: 'actuator', type: 'number', min: -1, max: 1 },
];
const specOf = (device: string, point: string) =>
  device === 'shed' ? SPECS.find(({ id }) => id === point) : undefined;
const hardware = { hasDevice: (id: string) => id === 'shed', isKnown: () => true, specOf };

const listen = (valuePath: string, filter?: JsonObject) => ({
  event: 'broadcast',
  ...(filter ? { filter } : {}),
  valuePath,
});
const hears = (
  id: string,
  type: string,
  valuePath: string,
  filter: JsonObject = { msg_type: 't' },
  more: JsonObject = {},
) => ({
  type,
  id,
  sync: [listen(valuePath, filter)],
  ...more,
});
const sends = (id: string, type: string, payload: JsonObject, more: JsonObject = {}) => ({
  type,
  id,
  action: { mode: 'broadcast', event: 'broadcast_request', payload },
  ...more,
});
const layoutOf = (...children: JsonObject[]): JsonObject => ({ name: 'x', version: 1, tabs: [{ children }] });
const bind = (layout: JsonObject, bindings: Record<string, BoundName>) => new Binding(layout, bindings, 'home');
const values =
  (known: Record<string, Value | null>) =>
  (device: string, point: string): Value | null | undefined =>
    known[point === '' ? device : `${device}.${point}`];

describe('frames for a bound layout', () => {
  it('are merged where filters are equal, however they are written', () => {
    const layout = layoutOf(
      hears('a', 'gauge', 'env.temp'),
      hears('b', 'label', 'env.hum'),
      hears('c', 'label', 'x', { msg_type: 't', dev: 1 }),
      hears('d', 'label', 'y', { dev: 1.0, msg_type: 't' }),
    );
    const { frames, problems } = bind(layout, { a: 'shed.temp', b: 'shed.hum', c: 'shed.door', d: 'shed.temp' });
    const now = values({ 'shed.temp': 20.5, 'shed.hum': 60, 'shed.door': true });
    expect(problems).toEqual([]);
    expect(frames.map((frame) => frame.build(now))).toEqual([
      { msg_type: 't', env: { temp: 20.5, hum: 60 } },
      { msg_type: 't', dev: 1, x: true, y: 20.5 },
    ]);
    expect(frames[0]?.build(now, new Set(['shed.hum']))).toEqual({ msg_type: 't', env: { hum: 60 } });
    expect(frames[0]?.build(now, new Set(['shed.door']))).toBeUndefined();
  });

  it('reach places in lists by objects, and filters that are nested', () => {
    const filter = { msg_type: 't', at: { room: 'x', n: [1] } };
    const { frames } = bind(
      layoutOf(hears('a', 'toggle', 'relay.0', filter), hears('b', 'toggle', 'relay.1', filter)),
      {
        a: 'shed.pump',
        b: 'shed.valve',
      },
    );
    const frame = frames[0]?.build(values({ 'shed.pump': true, 'shed.valve': false }));
    expect(frame).toEqual({ ...filter, relay: { 0: true, 1: false } });
  });

  it.each<[string, JsonObject, string, Value | null, unknown]>([
    ['a toggle gets a boolean', hears('a', 'toggle', 'v'), 'shed.pump', true, true],
    ['a label gets what it is', hears('a', 'label', 'v'), 'shed.pump', false, false],
    [
      'a light gets its own word',
      hears('a', 'statusLight', 'v', undefined, { statusColors: { ON: '#0', OFF: '#1' } }),
      'shed.door',
      true,
      'ON',
    ],
    [
      'options in another case',
      hears('a', 'segmentedControl', 'v', undefined, { options: ['Off', 'Auto'] }),
      'shed.mode',
      'auto',
      'Auto',
    ],
    ['a picker of numbers', hears('a', 'picker', 'v', undefined, { options: ['5', '10'] }), 'shed.fan', 10, '10'],
    [
      'a light gets health',
      hears('a', 'statusLight', 'v', undefined, { statusColors: { online: '#0' } }),
      'shed',
      'online',
      'online',
    ],
    ['nobody knows: label', hears('a', 'label', 'v'), 'shed.temp', null, '—'],
    [
      'nobody knows: light',
      hears('a', 'statusLight', 'v', undefined, { statusColors: { on: '#0', off: '#1', unknown: '#2' } }),
      'shed.door',
      null,
      'unknown',
    ],
    [
      'nobody knows: options, which are values',
      hears('a', 'segmentedControl', 'v', undefined, { options: ['offline', 'auto'] }),
      'shed.mode',
      null,
      null,
    ],
    ['nobody knows: a picture', hears('a', 'image', 'v'), 'shed.line', null, null],
    ['nobody knows: gauge', hears('a', 'gauge', 'v'), 'shed.temp', null, null],
  ])('%s', (_what, control, target, value, shown) => {
    const { frames, problems } = bind(layoutOf(control), { a: target });
    expect(problems).toEqual([]);
    expect(frames[0]?.build(values({ [target]: value }))).toEqual({ msg_type: 't', v: shown });
  });

  it('leave out what a control can’t show', () => {
    const { frames } = bind(layoutOf(hears('a', 'gauge', 'v'), hears('b', 'toggle', 'w')), {
      a: 'shed.mode',
      b: 'shed.temp',
    });
    expect(frames[0]?.build(values({ 'shed.mode': 'off', 'shed.temp': 1 }))).toBeUndefined();
  });

  it('say the past to sparklines alone', () => {
    const { frames } = bind(layoutOf(hears('a', 'sparkline', 'temp'), hears('b', 'gauge', 'hum')), {
      a: 'shed.temp',
      b: 'shed.hum',
    });
    expect(frames[0]?.buildPast(() => [1, 2])).toEqual({ msg_type: 't', temp: [1, 2] });
    expect(frames[0]?.build(values({ 'shed.temp': null }))).toBeUndefined();
  });

  it('without a filter have a word of the bridge', () => {
    const { frames } = bind(layoutOf({ type: 'label', id: 'a', sync: [listen('v')] }), { a: 'shed.temp' });
    expect(frames[0]?.build(values({ 'shed.temp': 1 }))).toEqual({ msg_type: 'home.bound', v: 1 });
  });

  it.each<[string, JsonObject[], Record<string, string>, string[]]>([
    [
      'two points in one place',
      [hears('a', 'label', 'v'), hears('b', 'label', 'v')],
      { a: 'shed.temp', b: 'shed.hum' },
      ['b'],
    ],
    [
      'a place within a place',
      [hears('a', 'label', 'v'), hears('b', 'label', 'v.w')],
      { a: 'shed.temp', b: 'shed.hum' },
      ['b'],
    ],
    [
      'a place that the filter has',
      [hears('a', 'label', 'dev', { msg_type: 't', dev: 'x' })],
      { a: 'shed.temp' },
      ['a'],
    ],
    [
      'a wider filter that hears the narrower one',
      [hears('a', 'label', 'v'), hears('b', 'label', 'v', { msg_type: 't', dev: 'x' })],
      { a: 'shed.temp', b: 'shed.hum' },
      ['a'],
    ],
    [
      'one point in two forms',
      [hears('a', 'toggle', 'v'), hears('b', 'statusLight', 'v', undefined, { statusColors: { on: '', off: '' } })],
      { a: 'shed.pump', b: 'shed.pump' },
      ['b'],
    ],
    [
      'no filter at all',
      [hears('b', 'label', 'v'), { type: 'label', id: 'a', sync: [listen('v')] }],
      { a: 'shed.temp', b: 'shed.hum' },
      ['a'],
    ],
    [
      'the bridge’s own frame',
      [hears('a', 'label', 'shed.temp', { msg_type: 'home.state' })],
      { a: 'shed.hum' },
      ['a'],
    ],
    [
      'what commands another bridge',
      [hears('a', 'label', 'value', { msg_type: 'barn.cmd' })],
      { a: 'shed.hum' },
      ['a'],
    ],
  ])('are told apart from what can’t work: %s', (_what, children, bindings, ids) => {
    const { problems, contract } = bind(layoutOf(...children), bindings);
    expect(problems.map(({ code }) => code)).toEqual(ids.map(() => 'collision'));
    for (const [i, id] of ids.entries()) {
      expect(problems[i]?.path.slice(0, 4)).toEqual(contract.controls.get(id)?.path);
    }
  });

  it('may show one point in several places, and what the bridge says anyway', () => {
    const children = [
      hears('a', 'label', 'v'),
      hears('b', 'gauge', 'v'),
      hears('c', 'label', 'v', { msg_type: 't', dev: 'x' }),
      hears('d', 'label', 'shed.temp', { msg_type: 'home.state' }),
    ];
    const binding = bind(layoutOf(...children), { a: 'shed.temp', b: 'shed.temp', c: 'shed.temp', d: 'shed.temp' });
    expect(binding.problems).toEqual([]);
    expect(binding.frames.map((frame) => frame.build(values({ 'shed.temp': null })))).toEqual([
      { msg_type: 't', v: '—' },
      { msg_type: 't', dev: 'x', v: '—' },
    ]);
  });

  it('bring every bound control what its point is, for any bindings that have no problem', () => {
    const path = fc.constantFrom('v', 'w', 'a.b', 'a.c', 'a', 'dev');
    const filter = fc.constantFrom<JsonObject>({ msg_type: 't' }, { msg_type: 't', dev: 'x' }, { msg_type: 'u' }, {});
    const point = fc.constantFrom('temp', 'hum', 'fan');
    const control = fc.record({ path, filter, point });
    fc.assert(
      fc.property(fc.array(control, { minLength: 1, maxLength: 6 }), (wanted) => {
        const children = wanted.map(({ path, filter }, i) => hears(`c${i}`, 'label', path, filter));
        const bindings = Object.fromEntries(wanted.map(({ point }, i) => [`c${i}`, `shed.${point}`]));
        const binding = bind(layoutOf(...children), bindings);
        const phone = new VirtualPhone({
          layout: layoutOf(...children),
          name: 'a',
          clock: new VirtualClock(),
          newId: () => '',
          send: () => {},
        });
        const now = values({ 'shed.temp': 1, 'shed.hum': 2, 'shed.fan': 3 });
        for (const frame of binding.frames) phone.receive(frame.build(now));
        const bad = new Set(binding.problems.map(({ path }) => path[3]));
        for (const [i, { point }] of wanted.entries()) {
          if (!bad.has(i)) expect([i, phone.state(`c${i}`)?.shown]).toEqual([i, now('shed', point)]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('commands of a bound layout', () => {
  const read = (layout: JsonObject, bindings: Record<string, string>, payload: JsonObject) =>
    bind(layout, bindings).read({ ...payload, _cmd: '1', _from: 'anna' }, specOf);

  it.each<[string, JsonObject, string, JsonObject, unknown]>([
    [
      'a value as it is',
      sends('a', 'toggle', { msg_type: 'c', on: '{{value}}' }),
      'shed.pump',
      { msg_type: 'c', on: true },
      { value: true },
    ],
    [
      'a value deep inside',
      sends('a', 'slider', { msg_type: 'c', set: [{ v: '{{value}}' }] }),
      'shed.fan',
      { msg_type: 'c', set: [{ v: 40 }] },
      { value: 40 },
    ],
    [
      'a value within a text',
      sends('a', 'slider', { msg_type: 'c', line: 'FAN {{value}};' }),
      'shed.fan',
      { msg_type: 'c', line: 'FAN 40.0;' },
      { value: '40.0' },
    ],
    [
      'a value in its type and within a text',
      sends('a', 'slider', { msg_type: 'c', line: 'FAN {{value}}', v: '{{value}}' }),
      'shed.fan',
      { msg_type: 'c', line: 'FAN 40.0', v: 40 },
      { value: 40 },
    ],
    [
      'a word for a switch',
      sends('a', 'segmentedControl', { msg_type: 'c', v: '{{value}}' }, { options: ['On', 'Off'] }),
      'shed.pump',
      { msg_type: 'c', v: 'On' },
      { value: true },
    ],
    [
      'an option in another case',
      sends('a', 'picker', { msg_type: 'c', v: '{{value}}' }),
      'shed.mode',
      { msg_type: 'c', v: 'AUTO' },
      { value: 'auto' },
    ],
    [
      'a fixed value',
      sends('a', 'button', { msg_type: 'c', value: true }),
      'shed.pump',
      { msg_type: 'c', value: true },
      { value: true },
    ],
    [
      'a fixed pulse',
      sends('a', 'button', { msg_type: 'c.bell', ms: 200 }),
      'shed.pump',
      { msg_type: 'c.bell', ms: 200 },
      { pulseMs: 200 },
    ],
    [
      'a fixed option',
      sends('a', 'button', { msg_type: 'c', dev: 'x', mode: 'Auto' }),
      'shed.mode',
      { msg_type: 'c', dev: 'x', mode: 'Auto' },
      { value: 'auto' },
    ],
    [
      'the last word of a type',
      sends('a', 'button', { msg_type: 'pump.off' }),
      'shed.pump',
      { msg_type: 'pump.off' },
      { value: false },
    ],
    [
      'the side of rest with a time, which is no pulse',
      sends('a', 'button', { msg_type: 'c', value: false, ms: 500 }),
      'shed.pump',
      { msg_type: 'c', value: false, ms: 500 },
      { value: false },
    ],
    [
      'the other side with a time',
      sends('a', 'button', { msg_type: 'c', on: true, ms: 500 }),
      'shed.pump',
      { msg_type: 'c', on: true, ms: 500 },
      { pulseMs: 500 },
    ],
    [
      'a number that may be a name',
      sends('a', 'button', { msg_type: 'c', relay: 1 }),
      'shed.pump',
      { msg_type: 'c', relay: 1 },
      {},
    ],
    [
      'a placeholder that is no value',
      sends('a', 'pinboard', { msg_type: 'c', value: '{{x}}' }),
      'shed.line',
      { msg_type: 'c', value: 0.5 },
      {},
    ],
    ['nothing to wish', sends('a', 'button', { msg_type: 'pump' }), 'shed.pump', { msg_type: 'pump' }, {}],
  ])('are understood: %s', (_what, control, target, payload, wish) => {
    const [device, point] = target.split('.');
    expect(read(layoutOf(control), { a: target }, payload)).toEqual({
      kind: 'point',
      device,
      point,
      ...(wish as object),
    });
  });

  it('are told apart by one field, and the more exact one is meant', () => {
    const layout = layoutOf(
      sends('a', 'toggle', { msg_type: 'c', ch: 1, v: '{{value}}' }),
      sends('b', 'toggle', { msg_type: 'c', ch: 2, v: '{{value}}' }),
      sends('c', 'button', { msg_type: 'c', ch: 2, v: 'off' }),
      sends('d', 'toggle', { msg_type: 'c', v: '{{value}}' }),
    );
    const bindings = { a: 'shed.pump', b: 'shed.valve', c: 'shed.slow', d: 'shed.line' };
    const meant = (payload: JsonObject) => {
      const command = read(layout, bindings, { msg_type: 'c', ...payload });
      return command?.kind === 'point' ? command.point : undefined;
    };
    expect([
      meant({ ch: 1, v: true }),
      meant({ ch: 2, v: true }),
      meant({ ch: 2, v: 'off' }),
      meant({ v: true }),
    ]).toEqual(['pump', 'valve', 'slow', 'line']);
    expect(meant({ ch: 3, v: true })).toBe('line');
    expect(meant({ ch: true })).toBeUndefined();
  });

  it('may be long presses, the emergency stop, and polls', () => {
    const layout = {
      ...layoutOf(
        sends(
          'stop',
          'button',
          { msg_type: 'stop' },
          {
            longPressAction: { event: 'broadcast_request', payload: { msg_type: 'stop.long' } },
          },
        ),
        sends('go', 'button', { msg_type: 'go' }),
        sends('latch', 'toggle', { msg_type: 'latch', v: '{{value}}' }),
      ),
      pollGroups: { all: { event: 'broadcast_request', interval: 5, payload: { msg_type: 'poll' } } },
    };
    const bindings = { stop: 'bridge.estop', go: 'bridge.estop_reset', latch: 'bridge.estop' };
    const kinds = [
      { msg_type: 'stop' },
      { msg_type: 'stop.long' },
      { msg_type: 'go' },
      { msg_type: 'latch', v: true },
      { msg_type: 'latch', v: false },
      { msg_type: 'poll' },
    ];
    expect(kinds.map((payload) => read(layout, bindings, payload)?.kind)).toEqual([
      'estop',
      'estop',
      'estop_reset',
      'estop',
      'estop_reset',
      'poll',
    ]);
    expect(read(layout, bindings, { msg_type: 'other' })).toBeUndefined();
  });

  it('are missed where a bound control has no way to the relay', () => {
    const layout = layoutOf(
      { type: 'toggle', id: 'a', action: { method: 'mqtt', topic: 'x' } },
      sends('b', 'toggle', { msg_type: 'c', v: '{{value}}' }),
    );
    const found = lintHardware(bind(layout, { a: 'shed.pump', b: 'shed.pump' }), 'home', hardware);
    expect(found.map(({ code, control }) => `${code} ${control}`)).toEqual(['idle a']);
  });

  it('let go of the emergency stop only where that is what was wished', () => {
    const layout = layoutOf(
      sends('ready', 'toggle', { msg_type: 'ready', v: '{{value}}' }),
      sends('where', 'segmentedControl', { msg_type: 'where', v: '{{value}}' }, { options: ['run', 'stop'] }),
      sends('go', 'button', { msg_type: 'go', v: '{{value}}' }),
    );
    const bindings = { ready: 'bridge.estop_reset', where: 'bridge.estop_reset', go: 'bridge.estop_reset' };
    const kind = (msg_type: string, v: unknown) => read(layout, bindings, { msg_type, v })?.kind;
    expect(kind('ready', true)).toBe('estop_reset');
    for (const v of [false, null, 0, 'false', {}]) expect(kind('ready', v), JSON.stringify(v)).toBe('estop');
    expect(kind('where', 'stop')).toBe('estop');
    expect(bind(layout, bindings).problems.map(({ code, control }) => `${code} ${control}`)).toEqual([
      'wrong_type where',
    ]);
    // A button brings no value, whatever its payload says.
    expect(kind('go', '{{value}}')).toBe('estop_reset');
  });

  it('in the bridge’s own words mean what they say, so a binding may not say something else', () => {
    const own = (id: string, payload: JsonObject) => sends(id, 'toggle', payload);
    const pump = { msg_type: 'home.cmd', dev: 'shed', point: 'pump', value: '{{value}}' };
    const layout = layoutOf(own('a', pump), own('b', pump), own('c', { msg_type: 'home.estop' }), own('d', pump));
    const { problems, commands } = bind(layout, { a: 'shed.pump', b: 'shed.valve', c: 'bridge.estop_reset' });
    expect(commands).toEqual([]);
    expect(problems.map(({ code, control }) => `${code} ${control}`)).toEqual(['collision b', 'collision c']);
  });

  it('can’t be told apart, or can’t come at all, and that is said', () => {
    const layout = layoutOf(
      sends('a', 'toggle', { msg_type: 'c', v: '{{value}}' }),
      sends('b', 'toggle', { v: '{{value}}', msg_type: 'c' }),
      { type: 'toggle', id: 'c', action: { event: 'route_msg_noreply', payload: {} } },
      { type: 'toggle', id: 'd', action: { event: 'broadcast_request' } },
      { type: 'toggle', id: 'e', action: { method: 'mqtt' } },
    );
    const bindings = { a: 'shed.pump', b: 'shed.valve', c: 'shed.pump', d: 'shed.pump', e: 'shed.pump' };
    expect(bind(layout, bindings).problems.map(({ code, path }) => `${code} ${path.slice(3).join('.')}`)).toEqual([
      'dead_action 2.action.event',
      'bad_action 3.action.payload',
      'collision 0.action.payload',
      'collision 1.action.payload',
    ]);
  });

  it('need a word of their own: nothing else on the channel may switch, stop or ask', () => {
    for (const payload of [{}, { v: '{{value}}' }, { msg_type: '{{value}}' }, { msg_type: 7 }, { msg_type: '' }]) {
      for (const target of ['shed.pump', 'bridge.estop', 'bridge.estop_reset']) {
        const layout = {
          ...layoutOf(sends('a', 'toggle', payload as JsonObject)),
          pollGroups: { all: { event: 'broadcast_request', interval: 5, payload } },
        };
        const binding = bind(layout, { a: target });
        expect(binding.problems.map(({ code }) => code)).toEqual(['bad_action']);
        for (const frame of [{ msg_type: 'sensor', v: true }, { v: true }, { msg_type: '' }, { msg_type: 7 }, {}]) {
          expect(binding.read(frame, specOf)).toBeUndefined();
        }
      }
    }
  });

  it('are not those of controls that nobody bound', () => {
    const layout = layoutOf(
      sends('a', 'toggle', { msg_type: 'c', v: '{{value}}' }),
      sends('b', 'toggle', { msg_type: 'c', ch: 2, v: '{{value}}' }),
      sends('on', 'button', { msg_type: 'c', v: true }),
    );
    const bindings = { a: 'shed.pump' };
    expect(read(layout, bindings, { msg_type: 'c', ch: 2, v: true })).toBeUndefined();
    expect(read(layout, bindings, { msg_type: 'c', ch: 3, v: true })).toMatchObject({ point: 'pump', value: true });
    expect(read(layout, bindings, { msg_type: 'c', v: true })).toMatchObject({ point: 'pump', value: true });
  });

  it.each<[string, JsonObject, JsonObject, string[]]>([
    [
      'one side of a switch',
      sends('a', 'toggle', { msg_type: 'c', v: '{{value}}' }),
      { msg_type: 'c', v: false },
      ['a'],
    ],
    ['one place of a slider', sends('a', 'slider', { msg_type: 'c', v: '{{value}}' }), { msg_type: 'c', v: 50 }, ['a']],
    ['no side of a switch', sends('a', 'toggle', { msg_type: 'c', v: '{{value}}' }), { msg_type: 'c', v: 'off' }, []],
    [
      'one of several options',
      sends('a', 'picker', { msg_type: 'c', v: '{{value}}' }, { options: ['x', 'y'] }),
      { msg_type: 'c', v: 'y' },
      ['a'],
    ],
    [
      'no option',
      sends('a', 'picker', { msg_type: 'c', v: '{{value}}' }, { options: ['x', 'y'] }),
      { msg_type: 'c', v: 'z' },
      [],
    ],
    ['a text', sends('a', 'textInput', { msg_type: 'c', v: 'fan {{value}}' }), { msg_type: 'c', v: 'fan off' }, ['a']],
    [
      'a text with a number',
      sends('a', 'slider', { msg_type: 'c', v: 'f{{value}}' }),
      { msg_type: 'c', v: 'f50.0' },
      ['a'],
    ],
    [
      'a text that needs a number',
      sends('a', 'slider', { msg_type: 'c', v: 'f{{value}}' }),
      { msg_type: 'c', v: 'foff' },
      [],
    ],
    ['another text', sends('a', 'slider', { msg_type: 'c', v: 'fan {{value}}' }), { msg_type: 'c', v: 'lamp off' }, []],
  ])('that another control would take are found: %s', (_what, one, payload, ids) => {
    const binding = bind(layoutOf(one, sends('b', 'button', payload)), { a: 'shed.line', b: 'shed.mode' });
    expect(binding.problems.map(({ code, control }) => [code, control])).toEqual(ids.map((id) => ['collision', id]));
    // The fixed one is always meant by what it sends itself.
    expect(binding.read(payload, specOf)).toMatchObject({ point: 'mode' });
  });

  it('are never taken for another control’s where no problem was found', () => {
    const leaf = fc.constantFrom<unknown>(true, false, 1, 'x', '{{value}}', 'set {{value}}', 'set x', 'set');
    const payload = fc.record({ v: leaf, ch: leaf, in: fc.record({ w: leaf }) }, { requiredKeys: [] });
    const control = fc.record({ type: fc.constantFrom('toggle', 'slider', 'textInput'), payload });
    const gesture = { toggle: [true, false], slider: [1, 50], textInput: ['x', 'set x', 'other'] };
    fc.assert(
      fc.property(fc.array(control, { minLength: 2, maxLength: 3 }), (wanted) => {
        const points = ['pump', 'fan', 'line'];
        const children = wanted.map(({ type, payload }, i) => sends(`c${i}`, type, { msg_type: 'c', ...payload }));
        const bindings = Object.fromEntries(wanted.map((_, i) => [`c${i}`, `shed.${points[i]}`]));
        const binding = bind(layoutOf(...children), bindings);
        const bad = new Set(binding.problems.map(({ control }) => control));
        for (const [i, { type }] of wanted.entries()) {
          for (const value of bad.has(`c${i}`) ? [] : gesture[type as keyof typeof gesture]) {
            const frame = emission(children[i]?.['action'] as JsonObject, { value }, type);
            expect(binding.read(frame?.payload as JsonObject, specOf)).toMatchObject({ point: points[i] });
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('come back as the value that was sent, for any gesture', () => {
    const shape = fc.constantFrom<unknown>(
      { v: '{{value}}' },
      { a: { b: ['{{value}}', 1] } },
      { line: 'set {{value}} now' },
      { line: '{{value}}', again: '{{value}}' },
      { line: 'at {{value}}.', v: '{{value}}' },
    );
    fc.assert(
      fc.property(
        shape,
        fc.oneof(fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string()),
        (more, value) => {
          const payload = { msg_type: 'c', ...(more as JsonObject) };
          const frame = emission({ event: 'broadcast_request', payload }, { value }, 'toggle');
          const match = matchTemplate(payload, frame?.payload);
          const whole = !JSON.stringify(more).includes('set ');
          expect(match?.value).toEqual(whole ? value : typeof value === 'string' ? value : JSON.stringify(value));
        },
      ),
    );
  });

  it('bear anything', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(fc.property(json, json, (template, payload) => void matchTemplate(template, payload)));
    fc.assert(
      fc.property(json, (payload) => {
        for (const spec of SPECS) fixedWish(payload, spec);
      }),
    );
  });
});

describe('what disagrees with the hardware', () => {
  const check = (control: JsonObject, target?: string, more: JsonObject = {}) => {
    const layout = { ...layoutOf(control), ...more };
    return lintHardware(bind(layout, target === undefined ? {} : { a: target }), 'home', hardware).map(
      ({ code }) => code,
    );
  };
  const slider = (more: JsonObject) =>
    sends('a', 'slider', { msg_type: 'c', v: '{{value}}' }, { sync: [listen('v', { msg_type: 't' })], ...more });

  it.each<[string, string[], JsonObject, string?]>([
    ['nothing', [], slider({ min: 0, max: 100, step: 5 }), 'shed.fan'],
    ['an unknown device', ['unknown_point'], hears('a', 'label', 'v'), 'barn.temp'],
    ['an unknown point', ['unknown_point'], hears('a', 'label', 'v'), 'shed.tmp'],
    ['a sensor that is commanded', ['read_only'], slider({ min: -10, max: 50 }), 'shed.temp'],
    ['an event with a value', ['wrong_type'], hears('a', 'label', 'v'), 'shed.button'],
    ['a number for a toggle', ['wrong_type'], hears('a', 'toggle', 'v'), 'shed.temp'],
    [
      'a boolean for a light without words',
      ['wrong_type'],
      hears('a', 'statusLight', 'v', undefined, { statusColors: { red: '#f00' } }),
      'shed.door',
    ],
    ['health for a gauge', ['wrong_type'], hears('a', 'gauge', 'v'), 'shed'],
    ['a slider for a switch', ['wrong_type'], sends('a', 'slider', { msg_type: 'c', v: '{{value}}' }), 'shed.pump'],
    [
      'gestures that go elsewhere',
      [],
      hears('a', 'label', 'v', undefined, {
        action: { method: 'http', event: 'x' },
        longPressAction: { method: 'local', event: 'open' },
      }),
      'shed.temp',
    ],
    [
      'a switch with a long press that goes elsewhere',
      [],
      sends(
        'a',
        'toggle',
        { msg_type: 'c', v: '{{value}}' },
        { longPressAction: { method: 'http', event: 'x', payload: {} } },
      ),
      'shed.pump',
    ],
    ['a button that says nothing', ['no_value'], sends('a', 'button', { msg_type: 'c' }), 'shed.pump'],
    ['a slider that goes beyond', ['range'], slider({ min: 0, max: 255, step: 5 }), 'shed.fan'],
    ['a slider with finer steps', ['step'], slider({ min: 0, max: 100, step: 1 }), 'shed.fan'],
    ['a gauge that ends too soon', ['range'], hears('a', 'gauge', 'v', undefined, { min: 0, max: 40 }), 'shed.temp'],
    [
      'options that the device has not',
      ['range', 'range'],
      sends('a', 'picker', { msg_type: 'c', v: '{{value}}' }, { options: ['off', 'auto', 'party'] }),
      'shed.mode',
    ],
    [
      'the bridge’s own frames: unknown',
      ['unknown_point'],
      hears('a', 'label', 'shed.tmp', { msg_type: 'home.state' }),
    ],
    [
      'the bridge’s own frames: a command',
      ['read_only'],
      sends('a', 'textInput', { msg_type: 'home.cmd', dev: 'shed', point: 'door', value: '{{value}}' }),
    ],
    [
      'the bridge’s own frames: fine',
      [],
      sends('a', 'toggle', { msg_type: 'home.cmd', dev: 'shed', point: 'pump', value: '{{value}}' }),
    ],
  ])('%s', (_what, codes, control, target) => {
    expect(check(control, target)).toEqual(codes);
  });

  it('an output slower than apps wait', () => {
    const control = sends('a', 'toggle', { msg_type: 'c', v: '{{value}}' });
    expect(check(control, 'shed.slow', { state: { acks: true } })).toEqual(['ack_timeout']);
    expect(check(control, 'shed.slow', { state: { acks: true, ackTimeoutMs: 4_500 } })).toEqual([]);
  });
});

describe('suggestions', () => {
  it('go by words in common, and by what fits', () => {
    const layout = layoutOf(
      hears('living-temperature', 'gauge', 'x'),
      hears('h', 'gauge', 'env.humidity'),
      sends('waterPump', 'toggle', { msg_type: 'c', v: '{{value}}' }),
      hears('door_light', 'statusLight', 'x', undefined, { statusColors: { on: '', off: '' } }),
      hears('something', 'gauge', 'else'),
    );
    const { contract } = bind(layout, {});
    const found = suggest(contract.controls.values(), [{ id: 'shed', points: SPECS }]);
    expect(found.map(({ control, point }) => [control, point])).toEqual([
      ['living-temperature', 'shed.temp'],
      ['h', 'shed.hum'],
      ['waterPump', 'shed.pump'],
      ['door_light', 'shed.door'],
    ]);
  });
});

describe('a stick', () => {
  const drive = { msg_type: 'drive', x: '$value.x', y: '$value.y' };
  const stick = (payload: JsonObject, more: JsonObject = {}) => sends('a', 'joystick', payload, more);
  /** All that is said of a stick, bound or in the bridge's own words. */
  const said = (control: JsonObject, bound?: BoundName) => {
    const binding = bind(layoutOf(control), bound === undefined ? {} : { a: bound });
    return [...binding.problems, ...lintHardware(binding, 'home', hardware)].map(({ code, message }) => [
      code,
      message,
    ]);
  };
  const cmd = (value: unknown) => ({ msg_type: 'home.cmd', dev: 'shed', point: 'speed', value });

  it.each<[string, JsonObject, BoundName | undefined]>([
    ['both axes', stick(drive), { x: 'shed.turn', y: 'shed.speed' }],
    ['one of two axes', stick(drive), { y: 'shed.speed' }],
    ['the only axis of a payload', stick({ msg_type: 'drive', v: '$value.y' }), 'shed.speed'],
    ['the bridge’s own words', stick(cmd('$value.x')), undefined],
  ])('commands numbers: %s', (_what, control, bound) => {
    expect(said(control, bound)).toEqual([]);
  });

  it.each<[string, string[], JsonObject, BoundName | undefined]>([
    ['two axes and one point', ['no_value'], stick(drive), 'shed.speed'],
    ['an axis that nobody says', ['no_value'], stick({ msg_type: 'd', x: '$value.x' }), { y: 'shed.speed' }],
    ['the whole place', ['wrong_type'], stick(cmd('{{value}}')), undefined],
    ['a switch', ['wrong_type'], stick(drive), { x: 'shed.pump' }],
    ['a sensor', ['read_only'], stick(drive), { x: 'shed.temp' }],
    ['a point that is not there', ['unknown_point'], stick(drive), { x: 'shed.temper' }],
    ['another range, and steps', ['range', 'step'], stick(drive), { x: 'shed.fan' }],
    [
      'a control without axes',
      ['wrong_type'],
      sends('a', 'slider', { msg_type: 'd', v: '{{value}}' }, { step: 5 }),
      { x: 'shed.fan' },
    ],
  ])('is told what can not work: %s', (_what, codes, control, bound) => {
    expect(said(control, bound).map(([code]) => code)).toEqual(codes);
  });

  it('moves what each of its axes is bound to, until it has been silent for three times its pace', () => {
    const binding = bind(layoutOf(stick(drive, { sendRate: 0.2 })), { a: { x: 'shed.turn', y: 'shed.speed' } });
    expect(binding.read({ msg_type: 'drive', x: -1, y: 0.25, _from: 'anna' }, specOf)).toEqual({
      kind: 'axes',
      wishes: [
        { device: 'shed', point: 'turn', value: -1, lease: 600 },
        { device: 'shed', point: 'speed', value: 0.25, lease: 600 },
      ],
    });
  });

  it('moves one point by its only axis', () => {
    const binding = bind(layoutOf(stick({ msg_type: 'drive', v: '$value.y' })), { a: 'shed.speed' });
    const command = { kind: 'point', device: 'shed', point: 'speed', value: 0.5, lease: 300 };
    expect(binding.read({ msg_type: 'drive', v: 0.5 }, specOf)).toEqual(command);
  });
});

describe('the dead-man of a stick', () => {
  const cmd = (value: unknown) => ({ msg_type: 'home.cmd', dev: 'shed', point: 'fan', value });
  const stick = sends('stick', 'joystick', cmd('$value.y'), { sendRate: 0.2 });
  const bound = (...others: JsonObject[]) => bind(layoutOf(stick, ...others), {});
  const lost = (binding: Binding) =>
    lintHardware(binding, 'home', hardware).filter(({ code }) => code === 'no_dead_man');

  it('is kept beside a button that always says the same', () => {
    const binding = bound(sends('stop', 'button', cmd(0)));
    expect(binding.deadMan('shed', 'fan')).toBe(600);
    expect(lost(binding)).toEqual([]);
  });

  it('is lost beside a slider, which says its value once; that is told', () => {
    const binding = bound(sends('slider', 'slider', cmd('{{value}}')));
    expect(binding.deadMan('shed', 'fan')).toBeUndefined();
    expect(lost(binding)).toMatchObject([{ severity: 'warning', control: 'stick' }]);
  });
});
