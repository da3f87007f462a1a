import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lint } from '../../src/layout/lint.js';
import { lintTraffic } from '../../src/layout/lint-traffic.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import bench from '../vectors/layouts/bench.json' with { type: 'json' };
import controls from '../vectors/layouts/controls.json' with { type: 'json' };

const listen = (more: JsonObject = {}): JsonObject => ({
  method: 'meshsocket',
  type: 'listen',
  event: 'broadcast',
  filter: { msg_type: 'shed.state' },
  valuePath: 'temp',
  ...more,
});
const action = (more: JsonObject = {}): JsonObject => ({
  method: 'meshsocket',
  mode: 'broadcast',
  event: 'broadcast_request',
  payload: { msg_type: 'shed.set', value: '{{value}}' },
  ...more,
});
const gauge = (more: JsonObject = {}): JsonObject => ({
  type: 'gauge',
  id: 'temp',
  position: [0, 0],
  span: [2, 2],
  min: 0,
  max: 50,
  sync: [listen()],
  ...more,
});
const toggle = (more: JsonObject = {}): JsonObject => ({
  type: 'toggle',
  id: 'lamp',
  position: [2, 0],
  defaultValue: false,
  action: action(),
  sync: [listen({ valuePath: 'lamp' })],
  ...more,
});
const group = (children: unknown[], more: JsonObject = {}): JsonObject => ({
  type: 'group',
  id: 'group',
  position: [4, 0],
  span: [2, 4],
  grid: { columns: 4, rows: 2 },
  children,
  ...more,
});
const layoutOf = (children: unknown[], more: JsonObject = {}, tab: JsonObject = {}): JsonObject => ({
  name: 'Shed',
  version: 1,
  tabs: [{ title: 'Main', icon: 'house', grid: { columns: 4, rows: 8 }, children, ...tab }],
  ...more,
});
const found = (layout: unknown) => lint(layout).map(({ code, path }) => `${code} ${path.join('.')}`);
const label = (id: string, more: JsonObject = {}): JsonObject => ({ type: 'label', id, position: [0, 0], ...more });
const deep = (levels: number): JsonObject =>
  levels === 0
    ? label('bottom')
    : group([deep(levels - 1)], { id: `g${levels}`, position: [0, 0], span: [1, 1], grid: { columns: 1, rows: 1 } });
const many = Array.from({ length: 2001 }, (_, i) => label(`l${i}`));
const C = 'tabs.0.children.0';

/** One failing layout a rule, and what is found in it. */
const FAILING: [string, unknown, string[]][] = [
  ['a layout that is none', [], ['structure ']],
  ['tabs that are no list', { name: 'x', version: 1, tabs: {} }, ['structure tabs']],
  ['a tab that is none', { name: 'x', version: 1, tabs: ['x'] }, ['structure tabs.0']],
  ['children that are no list', layoutOf({} as unknown[]), ['structure tabs.0.children']],
  ['a control that is none', layoutOf(['x']), [`structure ${C}`]],
  ['no name, version, tabs', {}, ['missing_field name', 'missing_field version', 'missing_field tabs']],
  ['a version with a fraction', layoutOf([], { version: 1.5 }), ['bad_version version']],
  ['a tab without its title', layoutOf([], {}, { title: undefined }), ['missing_field tabs.0.title']],
  ['a control without a type', layoutOf([label('a', { type: undefined })]), [`missing_field ${C}.type`]],
  ['a control without an id', layoutOf([{ type: 'label', position: [0, 0] }]), [`missing_field ${C}.id`]],
  ['an echoed group', layoutOf([group([], { type: undefined })]), [`missing_field ${C}.type`]],
  ['an id twice', layoutOf([toggle(), group([label('lamp')])]), ['duplicate_id tabs.0.children.1.children.0.id']],
  [
    'a title twice',
    { ...layoutOf([]), tabs: [layoutOf([]), layoutOf([])].flatMap(({ tabs }) => tabs) },
    ['duplicate_title tabs.1.title'],
  ],
  ['alerts that are no list', layoutOf([], { alerts: {} }), ['bad_top_level alerts']],
  ['a state that is no object', layoutOf([], { state: true }), ['bad_top_level state']],
  ['an unknown schema version', layoutOf([], { schemaVersion: 3 }), ['bad_schema_version schemaVersion']],
  ['extensions that are no object', layoutOf([], { extensions: [] }), ['bad_extensions extensions']],
  ['a provenance that is no object', layoutOf([], { provenance: 1 }), ['bad_provenance provenance']],
  ['requirements that are no object', layoutOf([], { requires: 'x' }), ['bad_requires requires']],
  ['a grid that is none', layoutOf([], {}, { grid: [4, 8] }), ['bad_grid tabs.0.grid']],
  [
    'a grid with columns in words',
    layoutOf([], {}, { grid: { columns: 'four', rows: 8 } }),
    ['bad_grid tabs.0.grid.columns'],
  ],
  [
    'a grid of an unknown mode',
    layoutOf([], {}, { grid: { columns: 4, rows: 8, mode: 'free' } }),
    ['bad_grid tabs.0.grid.mode'],
  ],
  ['a span of one number', layoutOf([label('a', { span: 2 })]), [`bad_span ${C}.span`]],
  ['a span of nothing', layoutOf([label('a', { span: [0, 1] })]), [`bad_span ${C}.span`]],
  ['no position', layoutOf([{ type: 'label', id: 'a' }]), [`bad_position ${C}.position`]],
  ['a position in words', layoutOf([label('a', { position: ['a', 0] })]), [`bad_position ${C}.position`]],
  ['a position below 0', layoutOf([label('a', { position: [-1, 0] })]), [`out_of_bounds ${C}.position`]],
  [
    'a control beyond the columns',
    layoutOf([label('a', { position: [0, 3], span: [1, 2] })]),
    [`out_of_bounds ${C}.position`],
  ],
  [
    'a control beyond the group',
    layoutOf([group([label('a', { position: [2, 0] })])]),
    [`out_of_bounds ${C}.children.0.position`],
  ],
  ['two controls in a cell', layoutOf([gauge(), toggle({ position: [1, 1] })]), ['overlap tabs.0.children.1.position']],
  ['an unknown type', layoutOf([label('a', { type: 'status-light' })]), [`unknown_type ${C}.type`]],
  ['an unknown field', layoutOf([toggle({ optionz: [] })]), [`unknown_field ${C}.optionz`]],
  ['an unknown field of a group', layoutOf([group([], { columns: 2 })]), [`unknown_field ${C}.columns`]],
  ['a field of newer apps', layoutOf([toggle({ enabled: true })]), [`needs_newer_app ${C}.enabled`]],
  ['an unknown style', layoutOf([toggle({ style: 'round' })]), [`bad_enum ${C}.style`]],
  ['an unknown format', layoutOf([gauge({ formatValue: 'celsius' })]), [`bad_enum ${C}.formatValue`]],
  ['an unknown motion', layoutOf([toggle({ animation: { profile: 'wild' } })]), [`bad_enum ${C}.animation.profile`]],
  [
    'a format of newer apps',
    layoutOf([label('a', { formatValue: 'relative:day' })]),
    [`relative_format ${C}.formatValue`],
  ],
  ['a range upside down', layoutOf([gauge({ min: 60 })]), [`bad_range ${C}.min`]],
  ['a range without numbers', layoutOf([gauge({ max: '50' })]), [`bad_range ${C}.max`]],
  ['no step at all', layoutOf([gauge({ step: 0 })]), [`bad_range ${C}.step`]],
  [
    'a gauge without limits',
    layoutOf([gauge({ min: undefined, max: undefined })]),
    [`missing_field ${C}.min`, `missing_field ${C}.max`],
  ],
  [
    'a ring without limits',
    layoutOf([gauge({ type: 'progressRing', min: undefined, max: undefined })]),
    [`bad_range ${C}`],
  ],
  ['segments that fall', layoutOf([gauge({ segments: [{ limit: 9 }, { limit: 5 }] })]), [`bad_range ${C}.segments.1`]],
  ['a unit that is no text', layoutOf([gauge({ unit: 1 })]), [`needs_newer_app ${C}.unit`, `bad_unit ${C}.unit`]],
  ['a unit with a slip', layoutOf([gauge({ unit: 'celcius' })]), [`needs_newer_app ${C}.unit`, `unit_typo ${C}.unit`]],
  [
    'a unit with a slip in many letters',
    layoutOf([gauge({ unit: 'kilometersperhr' })]),
    [`needs_newer_app ${C}.unit`, `unit_typo ${C}.unit`],
  ],
  ['a section that is none', layoutOf([], { schemaVersion: 2, styles: [] }), ['bad_section styles']],
  [
    'a section for nobody, and an entry that is none',
    layoutOf([toggle()], { schemaVersion: 2, connectivity: { lmap: { sync: [] } }, styles: { lamp: '#fff' } }),
    ['bad_section styles.lamp', 'bad_section connectivity.lmap'],
  ],
  [
    'sections that older apps can not tell',
    layoutOf([toggle()], { placements: { lamp: { position: [3, 0] } } }),
    ['bad_schema_version schemaVersion'],
  ],
  [
    'a place in a section that lies outside',
    layoutOf([toggle()], { schemaVersion: 2, placements: { lamp: { position: [9, 0] } } }),
    [`out_of_bounds ${C}.position`],
  ],
  [
    'places for other screens that are none',
    layoutOf([toggle({ landscape: { position: [0], span: [0, 1], hidden: 'yes', cell: 1 }, regular: [1, 2] })]),
    [
      `needs_newer_app ${C}.landscape`,
      `needs_newer_app ${C}.regular`,
      `bad_placement ${C}.landscape.position`,
      `bad_placement ${C}.landscape.span`,
      `bad_placement ${C}.landscape.hidden`,
      `unknown_field ${C}.landscape.cell`,
      `bad_placement ${C}.regular`,
    ],
  ],
  ['no options', layoutOf([label('a', { type: 'picker' })]), [`missing_field ${C}.options`]],
  ['an option twice', layoutOf([label('a', { type: 'picker', options: ['x', 'x'] })]), [`bad_range ${C}.options`]],
  ['a default of another type', layoutOf([toggle({ defaultValue: 'on' })]), [`bad_default_value ${C}.defaultValue`]],
  ['a default out of range', layoutOf([gauge({ defaultValue: 51 })]), [`bad_default_value ${C}.defaultValue`]],
  [
    'a default that is no option',
    layoutOf([label('a', { type: 'picker', options: ['x'], defaultValue: 'y' })]),
    [`bad_default_value ${C}.defaultValue`],
  ],
  ['a sync that is no list', layoutOf([gauge({ sync: listen() })]), [`bad_sync ${C}.sync`]],
  ['a sync with a word in it', layoutOf([gauge({ sync: ['x'] })]), [`bad_sync ${C}.sync.0`]],
  [
    'a sync without a path',
    layoutOf([gauge({ sync: [listen({ valuePath: '' })] })]),
    [`bad_sync ${C}.sync.0.valuePath`],
  ],
  [
    'a sync for another event',
    layoutOf([gauge({ sync: [listen({ event: 'telemetry' })] })]),
    [`bad_sync ${C}.sync.0.event`],
  ],
  ['a filter that is none', layoutOf([gauge({ sync: [listen({ filter: 'x' })] })]), [`bad_sync ${C}.sync.0.filter`]],
  ['MQTT without a topic', layoutOf([gauge({ sync: [{ method: 'mqtt' }] })]), [`bad_sync ${C}.sync.0.topic`]],
  ['HTTP without an address', layoutOf([gauge({ sync: [{ method: 'http' }] })]), [`bad_sync ${C}.sync.0.url`]],
  ['a sensor without a name', layoutOf([gauge({ sync: [{ method: 'sensor' }] })]), [`bad_sync ${C}.sync.0.sensor`]],
  [
    'a sync that hears everything',
    layoutOf([gauge({ sync: [listen({ filter: {} })] })]),
    [`missing_filter ${C}.sync.0.filter`],
  ],
  ['an action that is none', layoutOf([toggle({ action: 'lamp' })]), [`bad_action ${C}.action`]],
  [
    'an action without an event',
    layoutOf([toggle({ action: action({ event: undefined }) })]),
    [`bad_action ${C}.action.event`],
  ],
  [
    'a route without a target',
    layoutOf([toggle({ action: action({ event: 'route_msg', payload: {} }) })]),
    [`bad_action ${C}.action.payload.target_id`],
  ],
  [
    'a route without a name',
    layoutOf([toggle({ action: action({ event: 'route_msg_noreply', payload: {} }) })]),
    [`bad_action ${C}.action.payload.target_name`],
  ],
  [
    'a broadcast that asks',
    layoutOf([toggle({ action: action({ mode: 'request' }) })]),
    [`bad_action ${C}.action.mode`],
  ],
  [
    'a broadcast without a word',
    layoutOf([toggle({ action: action({ payload: { on: 1 } }) })]),
    [`bad_action ${C}.action.payload.msg_type`],
  ],
  ['a dead action', layoutOf([toggle({ action: action({ event: 'set_power' }) })]), [`dead_action ${C}.action.event`]],
  [
    'a dead action behind a long press',
    layoutOf([toggle({ longPressAction: action({ event: 'broadcast' }) })]),
    [`dead_action ${C}.longPressAction.event`],
  ],
  [
    'a dead action of a cell',
    layoutOf([label('a', { type: 'heatmap', heatmapConfig: { cellAction: action({ event: 'broadcast' }) } })]),
    [`dead_action ${C}.heatmapConfig.cellAction.event`],
  ],
  [
    'a dead poll',
    layoutOf([], { pollGroups: { a: { event: 'poll', interval: 1 } } }),
    ['dead_action pollGroups.a.event'],
  ],
  ['a poll of nothing', layoutOf([], { pollGroups: { a: { interval: 1 } } }), ['bad_action pollGroups.a.event']],
  [
    'a key that apps write',
    layoutOf([toggle({ action: action({ payload: { msg_type: 'x', _cmd: 1 } }) })]),
    [`reserved_key ${C}.action.payload._cmd`],
  ],
  [
    'a frame that apps keep for themselves',
    layoutOf([toggle({ sync: [listen({ filter: { msg_type: 'command_ack' } })] })]),
    [`reserved_type ${C}.sync.0.filter.msg_type`],
  ],
  [
    'a wish that others take for the truth',
    layoutOf([toggle({ action: action({ payload: { msg_type: 'shed.state' } }) })]),
    [`own_echo ${C}.action.payload.msg_type`],
  ],
  [
    'a role that may not send',
    layoutOf([toggle()], { connection: { identity: { role: 'controller' } } }),
    ['no_rights connection.identity.role'],
  ],
  ['sources that are none', layoutOf([], { sources: [] }), ['bad_sources sources']],
  [
    'a source of no known type',
    layoutOf([gauge({ sync: [{ method: 'mqtt', topic: 't', source: 'a' }] })], { sources: { a: { type: 'ftp' } } }),
    ['bad_source sources.a.type'],
  ],
  [
    'a source that is not there',
    layoutOf([gauge({ sync: [{ method: 'mqtt', topic: 't', source: 'a' }] })]),
    [`unknown_source ${C}.sync.0.source`],
  ],
  [
    'a source that nobody uses',
    layoutOf([], { sources: { a: { type: 'http', url: 'http://x' } } }),
    ['unused_source sources.a'],
  ],
  [
    'an alert without its text',
    layoutOf([], { alerts: [{ event: 'x', valuePath: 'a', operator: 'gt', value: 1, title: 't' }] }),
    ['bad_alert alerts.0.body'],
  ],
  [
    'an alert with an unknown operator',
    layoutOf([], { alerts: [{ event: 'x', valuePath: 'a', operator: '>', value: 1, title: 't', body: 'b' }] }),
    ['bad_alert alerts.0.operator'],
  ],
  ['a publisher without a sensor', layoutOf([], { publishers: [{}] }), ['bad_publisher publishers.0']],
  [
    'a publisher of an unknown sensor',
    layoutOf([], { publishers: [{ sensor: 'smell' }] }),
    ['bad_publisher publishers.0.sensor'],
  ],
  [
    'a publisher too fast',
    layoutOf([], { publishers: [{ sensor: 'motion', interval: 0.01 }] }),
    ['bad_timer publishers.0.interval'],
  ],
  [
    'a glance at nothing',
    layoutOf([], { glance: { hero: 'nobody', slots: ['x'] } }),
    ['bad_glance glance.hero', 'bad_glance glance.slots.0'],
  ],
  [
    'a condition on nothing',
    layoutOf([label('a', { visible: { when: 'b', operator: 'eq', value: 1 } })]),
    [`unknown_reference ${C}.visible.when`],
  ],
  [
    'too many tabs',
    {
      ...layoutOf([]),
      tabs: Array.from({ length: 25 }, (_, i) => ({ title: `${i}`, icon: 'x', grid: {}, children: [] })),
    },
    ['too_many_tabs tabs'],
  ],
  [
    'too many controls',
    layoutOf(many, {}, { grid: { columns: 4, rows: 8, mode: 'flow' } }),
    ['too_many_controls tabs'],
  ],
  ['too many groups in one another', layoutOf([deep(9)]), [`too_deep ${C}${'.children.0'.repeat(9)}`]],
  ['a text too long', layoutOf([label('a', { text: 'x'.repeat(4097) })]), [`long_string ${C}.text`]],
  [
    'a picture in the layout',
    layoutOf([label('a', { type: 'image', url: `data:image/png;base64,${'A'.repeat(2000)}` })]),
    [`inline_blob ${C}.url`],
  ],
  [
    'a number without end',
    layoutOf([gauge({ max: JSON.parse('1e999') })]),
    [`bad_range ${C}.max`, `non_finite ${C}.max`],
  ],
  [
    'a poll too fast',
    layoutOf([], { pollGroups: { a: { event: 'broadcast_request', interval: 0.1, payload: { msg_type: 'p' } } } }),
    ['bad_timer pollGroups.a.interval'],
  ],
  ['a joystick too fast', layoutOf([label('a', { type: 'joystick', sendRate: 0.001 })]), [`bad_timer ${C}.sendRate`]],
  ['an address of another kind', layoutOf([], { connection: { url: 'http://x' } }), ['bad_url connection.url']],
  ['a token', layoutOf([], { connection: { url: 'ws://x', token: 's' } }), ['embedded_secret connection.token']],
  ['a room key', layoutOf([], { connection: { url: 'ws://x', e2eeKey: 's' } }), ['embedded_secret connection.e2eeKey']],
];

describe('the lint of layouts', () => {
  it.each(FAILING)('finds %s', (_what, layout, findings) => {
    expect(found(layout)).toEqual(findings);
  });

  it('finds nothing in a layout that holds', () => {
    const state = { sync: true, authority: 'shed', acks: true, ackTimeoutMs: 2000 };
    const poll = { event: 'broadcast_request', interval: 2, payload: { msg_type: 'shed.poll' } };
    const connection = { url: 'ws://192.0.2.10:8765', hub: 'shed', identity: { role: 'mobile' } };
    const sources = { house: { type: 'http', baseURL: 'http://192.0.2.1' } };
    const alert = { event: 'shed.state', valuePath: 'temp', operator: 'gt', value: 40, title: 'Hot', body: 'Too hot' };
    const children = [
      gauge({
        segments: [
          { limit: 20, color: '#fff' },
          { limit: 50, color: '#000' },
        ],
        formatValue: 'suffix:°C',
        step: 0.5,
      }),
      toggle({ visible: { when: 'temp', operator: 'lt', value: 40 }, haptic: 'light', animation: 'smooth' }),
      group([label('a'), label('b', { position: [1, 0], sync: [{ method: 'http', path: '/b', source: 'house' }] })]),
      group([], {
        id: 'found',
        position: [6, 0],
        dynamic: 'shed.devices',
        grid: { columns: 4, rows: 2, mode: 'flow' },
      }),
      label('mode', { type: 'segmentedControl', position: [2, 1], options: ['a', 'b'], defaultValue: 'b' }),
    ];
    const more = { state, connection, sources, pollGroups: { all: poll }, alerts: [alert], glance: { hero: 'temp' } };
    expect(lint(layoutOf(children, { ...more, publishers: [{ sensor: 'motion', interval: 1 }] }))).toEqual([]);
  });

  it('finds nothing in the known good examples', () => {
    expect(lint(bench)).toEqual([]);
    for (const control of controls) expect([control.type, found(layoutOf([control]))]).toEqual([control.type, []]);
  });

  it('does not place what has no grid', () => {
    const panel = { type: 'group', id: 'page', grid: { columns: 1, rows: 1 }, children: [label('on-page')] };
    const canvas = { items: [{ id: 'card', x: 0, y: 0, control: { type: 'label', id: 'on-canvas' } }] };
    const popup = { id: 'popup', type: 'group', grid: { columns: 1, rows: 1 }, children: [label('in-popup')] };
    const children = [
      label('a', { type: 'carousel', panels: [panel] }),
      label('b', { type: 'canvas', position: [1, 0], canvasConfig: canvas }),
      label('c', { position: [2, 0], longPressGroup: popup }),
    ];
    expect(found(layoutOf(children))).toEqual([]);
  });

  it('bears any number of huge controls anywhere', () => {
    const huge = (position: [number, number], i: number) => label(`c${i}`, { position, span: [64, 64] });
    const far = Array.from({ length: 6_000 }, (_, i) => huge([64 * i, 0], i));
    const near = Array.from({ length: 1_000 }, (_, i) => huge([0, 0], 6_000 + i));
    const codes = lint(layoutOf([...far, ...near])).map(({ code }) => code);
    expect(codes.filter((code) => code === 'overlap')).toHaveLength(1_000);
    expect(codes.filter((code) => code === 'out_of_bounds')).toHaveLength(7_000);
  });

  it('never throws, and every path leads somewhere', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const keys = fc.constantFrom(
      ...'tabs children grid position span sync action payload event filter state pollGroups sources alerts'.split(' '),
      ...'publishers glance connection identity type id columns rows min max options segments visible defaultValue'.split(
        ' ',
      ),
    );
    const tree = fc.letrec((tie) => ({
      node: fc.dictionary(keys, fc.oneof({ maxDepth: 5 }, json, fc.array(tie('node'), { maxLength: 2 }), tie('node'))),
    })).node;
    fc.assert(
      fc.property(fc.oneof(json, tree), (layout) => {
        for (const { path, message } of lint(layout)) {
          expect(message).not.toBe('');
          let at: unknown = layout;
          for (const step of path.slice(0, -1)) at = (at as JsonObject)?.[step];
          expect(path.length === 0 || path.length === 1 || at === undefined || typeof at === 'object').toBe(true);
        }
      }),
    );
  });
});

describe('the lint of traffic', () => {
  const layout = layoutOf([
    gauge(),
    toggle({ sync: [listen({ filter: { msg_type: 'shed.lamp' } })], pulse: { event: 'shed.bang' } }),
    group([], { dynamic: 'shed.devices' }),
  ]);

  it('finds what never came, decks without children, and what nobody wants', () => {
    const frames = [
      { msg_type: 'shed.state', temp: 1 },
      { msg_type: 'shed.devices' },
      { msg_type: 'shed.bang' },
      { msg_type: 'shed.other' },
      { msg_type: 'shed.other' },
    ];
    expect(lintTraffic(layout, frames).map(({ code, path }) => [code, path.join('.')])).toEqual([
      ['event_never_seen', 'tabs.0.children.1.sync.0.filter'],
      ['missing_children', 'tabs.0.children.2.dynamic'],
      ['orphan_payload', ''],
    ]);
  });

  it('finds nothing where both fit', () => {
    const frames = [
      { msg_type: 'shed.state', temp: 1 },
      { msg_type: 'shed.lamp' },
      { msg_type: 'shed.devices', children: [] },
    ];
    expect(lintTraffic(layout, frames)).toEqual([]);
  });
});
