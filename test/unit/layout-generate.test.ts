import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PointSpec } from '../../src/device/point.js';
import { apiOf } from '../../src/layout/api.js';
import { apiMarkdown } from '../../src/layout/api-markdown.js';
import { Binding } from '../../src/layout/bind.js';
import { deck } from '../../src/layout/deck.js';
import { generate } from '../../src/layout/generate.js';
import { lint } from '../../src/layout/lint.js';
import { lintHardware } from '../../src/layout/lint-hardware.js';
import { withoutSecrets } from '../../src/layout/secrets.js';
import { topology } from '../../src/layout/topology.js';
import { spots } from '../../src/layout/walk.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { Store } from '../../src/state/store.js';
import { anyDevices } from '../support/random-points.js';
import { VirtualClock } from '../support/virtual-clock.js';

const POINTS: PointSpec[] = [
  { id: 'temp', role: 'sensor', type: 'number', unit: '°C', label: 'Temperature', min: -10, max: 50 },
  { id: 'hum', role: 'sensor', type: 'number', unit: '%', min: 0, max: 100 },
  { id: 'count', role: 'sensor', type: 'number' },
  { id: 'door', role: 'sensor', type: 'boolean' },
  { id: 'word', role: 'sensor', type: 'string' },
  { id: 'button', role: 'event', type: 'string' },
  { id: 'pump', role: 'actuator', type: 'boolean', safe: false },
  { id: 'fan', role: 'actuator', type: 'number', unit: '%', min: 0, max: 100, step: 5 },
  { id: 'level', role: 'actuator', type: 'number' },
  { id: 'mode', role: 'actuator', type: 'enum', options: ['off', 'auto'], within: 4_000 },
  { id: 'tune', role: 'actuator', type: 'enum', options: ['a', 'b', 'c', 'd', 'e', 'f'] },
  { id: 'text', role: 'actuator', type: 'string' },
];
const make = (devices: { id: string; points: readonly PointSpec[] }[]) =>
  generate({ namespace: 'home', name: 'house', devices });
const SHED = make([{ id: 'shed', points: POINTS }]);
const controlsOf = (layout: JsonObject) => new Map([...spots(layout)].map(({ id, control }) => [id, control]));
const idsOf = (layout: JsonObject) => [...spots(layout)].map(({ id }) => id);

describe('a generated layout', () => {
  it('has a tab for all, one for each device with points, and one for what comes later', () => {
    const layout = make([
      { id: 'shed', points: POINTS },
      { id: 'empty', points: [] },
      { id: 'barn', points: POINTS.slice(0, 1) },
    ]);
    const tabs = layout['tabs'] as JsonObject[];
    expect(tabs.map(({ title }) => title)).toEqual(['Overview', 'shed', 'barn', 'All devices']);
  });

  it('has the control that fits for each point', () => {
    const types = [...spots(SHED)]
      .filter(({ id }) => id?.startsWith('dev-shed-'))
      .map(({ id, type }) => [id?.slice('dev-shed-'.length), type]);
    expect(Object.fromEntries(types)).toEqual({
      pump: 'toggle',
      'pump-pulse': 'button',
      fan: 'slider',
      level: 'stepper',
      mode: 'segmentedControl',
      tune: 'picker',
      text: 'textInput',
      temp: 'gauge',
      'temp-trend': 'sparkline',
      'temp-quality': 'statusLight',
      hum: 'progressRing',
      'hum-trend': 'sparkline',
      'hum-quality': 'statusLight',
      count: 'label',
      'count-trend': 'sparkline',
      'count-quality': 'statusLight',
      door: 'label',
      'door-quality': 'statusLight',
      word: 'label',
      'word-quality': 'statusLight',
      button: 'label',
    });
  });

  it('dresses them: units, zones, icons, history, pulses', () => {
    const controls = controlsOf(SHED);
    expect(controls.get('dev-shed-temp')).toMatchObject({
      label: 'Temperature',
      icon: 'thermometer.medium',
      formatValue: 'suffix: °C',
      segments: [{ limit: 32 }, { limit: 44 }, { limit: 50 }],
      sync: [{ filter: { msg_type: 'home.state' }, valuePath: 'shed.temp' }],
    });
    expect(controls.get('dev-shed-temp-trend')).toMatchObject({
      sync: [{ filter: { msg_type: 'home.trend' } }, { filter: { msg_type: 'home.history' }, valuePath: 'shed.temp' }],
    });
    expect(controls.get('dev-shed-pump-pulse')).toMatchObject({
      action: { payload: { msg_type: 'home.cmd', dev: 'shed', point: 'pump', pulse_ms: 200 } },
    });
    expect(controls.get('dev-shed-button')).toMatchObject({
      sync: [{ filter: { msg_type: 'home.event', dev: 'shed', point: 'button' }, valuePath: 'event' }],
    });
    expect(controls.get('app-estop')).toMatchObject({ action: { payload: { msg_type: 'home.estop' } } });
    expect(controls.get('app-devices')).toMatchObject({ dynamic: 'home.devices' });
  });

  it('lets what is a pulse, or runs while a button is held, be begun by a button, and dangerous outputs be armed', () => {
    const point = (id: string, rules: object): PointSpec => ({
      id,
      role: 'actuator',
      type: 'boolean',
      safe: false,
      rules,
    });
    const points = [point('bell', { pulse: 500 }), point('crane', { holdToRun: true }), point('saw', { arm: 10_000 })];
    const controls = controlsOf(make([{ id: 'shed', points }]));
    const types = ['bell', 'bell-run', 'crane-run', 'saw', 'saw-arm'].map(
      (id) => controls.get(`dev-shed-${id}`)?.['type'],
    );
    expect(types).toEqual(['label', 'button', 'button', 'toggle', 'button']);
    const command = { msg_type: 'home.cmd', dev: 'shed', point: 'crane', value: true };
    expect(controls.get('dev-shed-crane-run')).toMatchObject({ action: { payload: command } });
    const arm = { msg_type: 'home.arm', dev: 'shed', point: 'saw' };
    expect(controls.get('dev-shed-saw-arm')).toMatchObject({ label: 'Arm saw', action: { payload: arm } });
  });

  it('hides outputs while their device is not online', () => {
    const controls = controlsOf(SHED);
    for (const id of ['pump', 'pump-pulse', 'fan', 'mode', 'text']) {
      const visible = { when: 'health-shed', operator: 'eq', value: 'online' };
      expect(controls.get(`dev-shed-${id}`)).toMatchObject({ visible });
    }
    expect(controls.get('health-shed')).toMatchObject({ sync: [{ valuePath: 'shed' }] });
    expect(controls.get('dev-shed-temp')?.['visible']).toBeUndefined();
  });

  it('lets apps wait for the slowest output', () => {
    expect(SHED['state']).toEqual({ sync: true, authority: 'house', acks: true, ackTimeoutMs: 4_500 });
    expect(make([])['state']).toMatchObject({ ackTimeoutMs: 2_000 });
  });

  it('passes every rule, and agrees with the hardware, whatever the points are', () => {
    fc.assert(
      fc.property(anyDevices, (devices) => {
        const layout = make(devices);
        expect(lint(layout)).toEqual([]);
        const byId = new Map(devices.map(({ id, points }) => [id, points]));
        const hardware = {
          hasDevice: (id: string) => byId.has(id),
          isKnown: () => true,
          specOf: (device: string, point: string) => byId.get(device)?.find(({ id }) => id === point),
        };
        const found = lintHardware(new Binding(layout, {}, 'home'), 'home', hardware);
        expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('has the same ids whatever the order, and none that a deck has', () => {
    fc.assert(
      fc.property(anyDevices, (devices) => {
        const ids = idsOf(make(devices));
        const turned = devices.map(({ id, points }) => ({ id, points: [...points].reverse() })).reverse();
        expect(new Set(idsOf(make(turned)))).toEqual(new Set(ids));
        const store = new Store(new VirtualClock());
        for (const { id, points } of devices) store.describe(id, points);
        const dynamic = deck(store, 'home');
        const all = [...ids, ...idsOf({ tabs: [{ children: dynamic }] })];
        expect(new Set(all).size).toBe(all.length);
        expect(
          lint({ ...make([]), tabs: [{ title: 'a', icon: 'b', grid: { columns: 4, rows: 512 }, children: dynamic }] }),
        ).toEqual([]);
        for (const id of ids) expect(id).toMatch(/^[a-z0-9-]+$/);
      }),
    );
  });

  it('stays within what apps take, however many devices there are', () => {
    const points = Array.from(
      { length: 200 },
      (_, i): PointSpec => ({ id: `p${i}`, role: 'sensor', type: 'number', min: 0, max: 9 }),
    );
    const layout = make(Array.from({ length: 40 }, (_, i) => ({ id: `d${i}`, points })));
    expect(lint(layout)).toEqual([]);
    expect((layout['tabs'] as unknown[]).length).toBeLessThanOrEqual(24);
    expect(idsOf(layout).length).toBeGreaterThan(1_800);
  });

  it('names the relay where it is asked to, with the right to send', () => {
    const connection = { url: 'ws://192.0.2.1:8765', channel: 'home' };
    const layout = generate({ namespace: 'home', name: 'house', devices: [], connection });
    expect(lint(layout)).toEqual([]);
    expect(layout['connection']).toMatchObject({
      url: connection.url,
      identity: { channel: 'home', can_broadcast: true },
    });
  });
});

describe('the graph of the devices', () => {
  it('has a node for each, coloured by health, that asks for its card', () => {
    const graph = topology({
      namespace: 'home',
      name: 'house',
      relayId: 'r1',
      devices: [{ id: 'shed', health: 'stale' }],
    });
    expect(graph).toMatchObject({
      nodes: [
        { id: 'bridge', label: 'house' },
        {
          id: 'shed',
          group: 'stale',
          onTap: { event: 'route_msg', payload: { target_id: 'r1', type: 'home.card', payload: { id: 'shed' } } },
        },
      ],
      edges: [{ from: 'bridge', to: 'shed' }],
    });
    expect(JSON.stringify(topology({ namespace: 'home', name: 'x', relayId: undefined, devices: [] }))).not.toContain(
      'onTap',
    );
  });
});

describe('the API as a document', () => {
  const api = apiOf({ namespace: 'home', name: 'house', devices: [{ id: 'shed', points: POINTS }], codes: ['range'] });

  it('tells of each point how to reach it', () => {
    expect(api.points.find(({ point }) => point === 'shed.fan')).toMatchObject({
      unit: '%',
      min: 0,
      max: 100,
      step: 5,
      listen: { filter: { msg_type: 'home.state' }, valuePath: 'shed.fan' },
      command: { msg_type: 'home.cmd', dev: 'shed', point: 'fan', value: '{{value}}' },
    });
    expect(api.points.find(({ point }) => point === 'shed.temp')?.['command']).toBeUndefined();
  });

  it('is a page for people', () => {
    const page = apiMarkdown(api);
    for (const word of ['home.state', 'shed.temp', 'home.estop', 'home.card', 'off, auto', '-10 to 50']) {
      expect(page).toContain(word);
    }
    const table = page.split('\n').filter((line) => line.startsWith('|'));
    expect(table.every((line) => line.endsWith('|'))).toBe(true);
  });

  it('tells of a bound layout what is sent to it and what it means', () => {
    const layout = {
      tabs: [
        {
          children: [
            { type: 'label', id: 'a', sync: [{ filter: { msg_type: 't' }, valuePath: 'x' }] },
            {
              type: 'toggle',
              id: 'b',
              action: { event: 'broadcast_request', payload: { msg_type: 'c', v: '{{value}}' } },
            },
            { type: 'toggle', id: 'c', sync: [{ filter: { msg_type: 't' }, valuePath: 'y' }] },
          ],
        },
      ],
    };
    const binding = new Binding(layout, { a: 'shed.temp', b: 'shed.pump' }, 'home');
    const bound = apiOf({ namespace: 'home', name: 'x', devices: [], codes: [], binding }).bound;
    expect(bound).toEqual({
      frames: [{ filter: { msg_type: 't' }, values: { x: 'shed.temp' } }],
      commands: [{ control: 'b', payload: { msg_type: 'c', v: '{{value}}' }, target: 'shed.pump' }],
      unbound: ['c'],
      problems: [],
    });
  });
});

describe('secrets', () => {
  it('leave a layout, and nothing else does', () => {
    const layout = {
      name: 'x',
      connection: {
        url: 'ws://me:pw@h/x@y',
        token: 's',
        e2eeKey: 'k',
        hub: 'h',
        identity: { name: 'a', auth_token: 't' },
      },
      sources: {
        a: { type: 'mqtt', url: 'mqtt://x', password: 'p' },
        token: { baseURL: 'https://u@h/', headers: [{ Authorization: 'Bearer x', 'X-Api-Key': 'y', Accept: '*' }] },
        b: 1,
      },
      tabs: [{ children: [{ type: 'label', id: 'token', text: 'token' }] }],
    };
    expect(withoutSecrets(layout)).toEqual({
      ...layout,
      connection: { url: 'ws://h/x@y', hub: 'h', identity: { name: 'a' } },
      sources: {
        a: { type: 'mqtt', url: 'mqtt://x' },
        token: { baseURL: 'https://h/', headers: [{ Accept: '*' }] },
        b: 1,
      },
    });
    const told = lint(layout).filter(({ code }) => code === 'embedded_secret');
    expect(told.map(({ path }) => path.join('.'))).toEqual([
      'connection.url',
      'connection.token',
      'connection.e2eeKey',
      'connection.identity.auth_token',
      'sources.a.password',
      'sources.token.baseURL',
      'sources.token.headers.0.Authorization',
      'sources.token.headers.0.X-Api-Key',
    ]);
    expect(lint(withoutSecrets(layout)).filter(({ code }) => code === 'embedded_secret')).toEqual([]);
  });

  const http = (more: object) => ({ sources: { a: { method: 'http', url: 'https://192.0.2.2', ...more } } });
  it.each([
    ['a token in the address of a relay', { connection: { url: 'wss://192.0.2.1/?token=canary-1' } }],
    ['a room key by the name that a config has', { connection: { url: 'wss://192.0.2.1', roomKey: 'canary-1' } }],
    ['a key in the address of a source', http({ url: 'https://192.0.2.2/w?a=b&api%5Fkey=canary-1#c' })],
    ['a key in a path', http({ path: '/w?key=canary-1' })],
    ['the usual header of a token', http({ headers: { 'X-Auth-Token': 'canary-1' } })],
    ['a client secret', http({ body: { client_secret: 'canary-1' } })],
    ['one in a form', http({ body: 'a=b&client_secret=canary-1' })],
    ['one in a body that is text', http({ body: '{"client_secret": "canary-1"}' })],
    ['a password called passwd', http({ passwd: 'canary-1' })],
    ['a header as a named pair', http({ headers: [{ name: 'X-Api-Key', value: 'canary-1' }] })],
    ['a header as a list of two', http({ headers: [['X-Api-Key', 'canary-1']] })],
    ['a bearer in a header of its own', http({ headers: { 'X-Gateway': 'Bearer canary-1' } })],
    [
      'a key in the address of a picture',
      { tabs: [{ children: [{ url: 'https://camera/x?sig=1&access_token=canary-1' }] }] },
    ],
  ])('leave, however they are written: %s', (_what, layout) => {
    const bare = withoutSecrets({ name: 'x', tabs: [], ...layout });
    expect(JSON.stringify(bare)).not.toContain('canary-1');
    expect(withoutSecrets(bare)).toEqual(bare);
  });

  it('are not seen in what people read', () => {
    const tabs = [{ children: [{ type: 'label', text: 'Basic temperature, key=left, "pass": "no"' }] }];
    expect(withoutSecrets({ name: 'x', tabs })).toEqual({ name: 'x', tabs });
  });

  it('leave what controls ask of others, and addresses, too; a key that commands stays', () => {
    const ours = { event: 'broadcast_request', payload: { msg_type: 'x', key: 'left', token: '{{value}}' } };
    const asks = { method: 'http', path: '/temp', headers: { Authorization: 'Bearer x', Accept: '*' } };
    const layout = {
      name: 'x',
      secrets: { home: 's' },
      tabs: [
        {
          children: [
            { type: 'remote', id: 'a', action: ours, sync: [asks] },
            { type: 'image', id: 'b', url: 'https://me:pw@camera/x', longPressAction: { ...asks, method: 'mqtt' } },
          ],
        },
      ],
    };
    const bare = (method: string) => ({ method, path: '/temp', headers: { Accept: '*' } });
    expect(withoutSecrets(layout)).toEqual({
      name: 'x',
      tabs: [
        {
          children: [
            { type: 'remote', id: 'a', action: ours, sync: [bare('http')] },
            { type: 'image', id: 'b', url: 'https://camera/x', longPressAction: bare('mqtt') },
          ],
        },
      ],
    });
  });
});
