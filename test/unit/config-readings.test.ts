import { describe, expect, it } from 'vitest';
import { drivers } from '../../devices/index.js';
import { hardwareOf } from '../../src/config/layout-check.js';
import { policiesOf } from '../../src/config/policies.js';
import { filterList } from '../../src/state/filters/options.js';
import { parse, problemsOf } from '../support/config-problems.js';

const point = (rest: string) => `devices:\n  m: { driver: lines, port: /dev/x, points: { t: { ${rest} } } }\n`;
const pump = 'role: actuator, type: boolean, write: "P {value}"';
const shed =
  'devices: { shed: { driver: lines, port: /dev/x, points: { t: {}, h: {} } }, b: { driver: board, port: auto } }\n';

describe('what is wrong with filters and the like, in exact words', () => {
  it.each<[string, ...string[]]>([
    [
      point('filters: [ {medain: 5} ]'),
      'b.yaml:2:64 devices.m.points.t.filters[0].medain: unknown key `medain`; did you mean `median`?',
    ],
    [
      point('filters: [ {median: 5, delta: 1} ]'),
      'b.yaml:2:63 devices.m.points.t.filters[0]: several filters in one entry; one filter an entry: `[ {median: 5}, {delta: 0.1} ]`',
    ],
    [
      point('filters: [ {median: 0} ]'),
      'b.yaml:2:72 devices.m.points.t.filters[0].median: must be between 1 and 1000, got 0',
    ],
    [point('filters: [ mean ]'), 'b.yaml:2:63 devices.m.points.t.filters[0]: expected {filter: options}, got a text'],
    [
      point('filters: [ {throttle: 5} ]'),
      'b.yaml:2:74 devices.m.points.t.filters[0].throttle: a duration needs a unit; add a unit, for example `5ms` or `5s`',
    ],
    [
      point('filters: [ {calibrate_linear: ["1 - 2", "3 -> 4"]} ]'),
      'b.yaml:2:83 devices.m.points.t.filters[0].calibrate_linear[0]: expected `measured -> true`; for example `0.45 -> 0`',
    ],
    [
      point('filters: [ {calibrate_polynomial: {degree: 2, datapoints: ["1 -> 2", "3 -> 4"]}} ]'),
      'b.yaml:2:110 devices.m.points.t.filters[0].calibrate_polynomial.datapoints: a polynomial of degree 2 needs at least 3 points; or a lower `degree`',
    ],
    [
      point('filters: [ {round: 1}, {invert: true} ]'),
      'b.yaml:2:76 devices.m.points.t.filters[1].invert: `invert` is for boolean points, this is a number',
    ],
    [
      point(`${pump}, filters: [ {invert: true} ]`),
      'b.yaml:2:115 devices.m.points.t.filters[0].invert: `invert` would show an output in other words than it is commanded in',
    ],
    [
      point('type: enum, options: [lo, hi], filters: [ {map: {low: x}} ]'),
      "b.yaml:2:95 devices.m.points.t.filters[0].map: `low` is none of the point's options",
    ],
    [
      point(`${pump}, outOfRange: unknown`),
      'b.yaml:2:103 devices.m.points.t.outOfRange: only a sensor that is a number has it',
    ],
    [
      point('role: event, filters: [ {debounce: 1s} ]'),
      'b.yaml:2:77 devices.m.points.t.filters[0].debounce: an event has no value to filter',
    ],
    [
      point('type: boolean, publish: {deadband: 1}'),
      'b.yaml:2:77 devices.m.points.t.publish.deadband: a boolean has no deadband',
    ],
    [
      point('publish: {debounce: 10s}'),
      'b.yaml:2:72 devices.m.points.t.publish.debounce: `debounce` is longer than `maxWait`; a change would never wait for it',
    ],
  ])('%s', (text, ...lines) => {
    expect(problemsOf(text)).toEqual(lines);
  });
});

describe('what is wrong with derived points, in exact words', () => {
  it.each<[string, ...string[]]>([
    [
      'derived: { a: "shed.t +" }',
      'b.yaml:2:15 derived.a: expected expression after + at character 8; for example `shed.temp * 1.8 + 32`',
    ],
    [
      'derived: { a: "shed.t = 3" }',
      'b.yaml:2:15 derived.a: unexpected "=" at character 7; whether two are equal is asked by `==`',
    ],
    [
      'derived: { a: "shed.t > 3 and shed.h > 4" }',
      'b.yaml:2:15 derived.a: this is no formula; `and` is written `&&`, `or` is `||`, `not` is `!`',
    ],
    [
      'derived: { a: "shed.t(1)" }',
      'b.yaml:2:15 derived.a: only functions can be called; there are abs, ceil, cos, exp, floor, ln, log10, max, min, pow, round, sin, sqrt, tan',
    ],
    ['derived: { a: "t * 2" }', 'b.yaml:2:15 derived.a: `t` means nothing here; a point is written as `device.point`'],
    [
      'derived: { a: "1 + 1" }',
      'b.yaml:2:15 derived.a: the formula names no point; a point is written as `device.point`',
    ],
    ['derived: { a: shed.x }', 'b.yaml:2:15 derived.a: unknown point `shed.x`; known here: `shed.t` or `shed.h`'],
    [
      'derived: { a: { formula: shde.t } }',
      'b.yaml:2:26 derived.a.formula: unknown device `shde`; did you mean `shed`?',
    ],
    ['derived: { a: derived.a + shed.t }', 'b.yaml:2:15 derived.a: `a` follows from itself: a → a'],
    [
      'derived: { a: derived.b, b: derived.c, c: derived.a, d: derived.a }',
      'b.yaml:2:15 derived.a: `a` follows from itself: a → b → c → a',
      'b.yaml:2:29 derived.b: `b` follows from itself: b → c → a → b',
      'b.yaml:2:43 derived.c: `c` follows from itself: c → a → b → c',
    ],
    ['derived: { a: derived.x }', 'b.yaml:2:15 derived.a: unknown point `derived.x`; known here: `derived.a`'],
    [
      'derived: { a: shed.t > 1 }\nsafety: { interlocks: [[derived.a, b.x]] }',
      'b.yaml:3:25 safety.interlocks[0][0]: `derived.a` is no output; only points with `role: actuator` can be interlocked',
    ],
    ['derived: { a: { formula: shed.t, min: 5, max: 1 } }', 'b.yaml:2:39 derived.a.min: `min` must be below `max`'],
    ['derived: { a: "!shed.t" }', 'b.yaml:2:15 derived.a: `!` wants a boolean, this is a number'],
    [
      'derived: { a: shed.t > 1, b: "derived.a ? shed.t : derived.a" }',
      'b.yaml:2:30 derived.b: `?` makes a number or a boolean',
    ],
    [
      'notify: { service: "https://x.example", token: t0ken, alarms: [{ when: shed.t, text: hot }] }',
      'b.yaml:2:72 notify.alarms[0].when: this is a number, and never true or false; write a comparison',
    ],
  ])('%s', (text, ...lines) => {
    expect(problemsOf(shed + text)).toEqual(lines);
  });

  it('an event has no value that anything could follow from', () => {
    expect(
      problemsOf(
        'devices: { p: { driver: gpio, points: { b: { pin: 4, direction: in, role: event } } } }\nderived: { a: p.b }',
      ),
    ).toEqual(['b.yaml:2:15 derived.a: `p.b` happens, it has no value']);
  });

  it('a device has not the name that derived points are said under', () => {
    expect(problemsOf('devices: { derived: { driver: board, port: auto } }\nderived: { a: derived.x }')).toContain(
      'b.yaml:1:12 devices.derived: derived points are on the channel under this id; choose another id',
    );
  });
});

describe('a config with filters and derived points', () => {
  it('may name a filter without anything behind it', () => {
    expect(filterList.parse(['median', 'invert'])).toEqual(filterList.parse([{ median: null }, { invert: null }]));
  });

  it('may name some points of a board, which has others too', () => {
    expect(
      problemsOf(
        'devices: { gh: { driver: board, port: auto, points: { t: { filters: [ {median: 3} ] } } } }\n' +
          'safety: { interlocks: [[gh.up, gh.down]] }\nderived: { warm: gh.other > 20 }',
      ),
    ).toEqual([]);
  });

  it('knows points as layouts see them', () => {
    const config = parse(
      'devices: { m: { driver: lines, port: /dev/x, points: { mode: { type: enum, options: [lo, hi], filters: [ {map: {lo: low}} ] }, t: {} } } }\n' +
        'derived: { hot: m.t > 30, f: { formula: m.t * 1.8 + 32, unit: °F } }',
    );
    const hardware = hardwareOf(config, drivers);
    expect(hardware.specOf('m', 'mode')?.options).toEqual(['low', 'hi']);
    expect(hardware.specOf('derived', 'hot')).toEqual({ id: 'hot', role: 'sensor', type: 'boolean' });
    expect(hardware.specOf('derived', 'f')).toMatchObject({ type: 'number', unit: '°F' });
  });

  it('knows copies and choices by what they are made of, and not before that is known', () => {
    const config = parse(
      'devices: { p: { driver: gpio, points: { a: { pin: 4, direction: in }, b: { pin: 5, direction: in } } }, gh: { driver: board, port: auto } }\n' +
        'derived: { copy: p.a, pick: "p.a ? p.a : p.b", far: gh.temp, warm: gh.temp > 20 }',
    );
    const hardware = hardwareOf(config, drivers);
    const typeOf = (id: string) => hardware.specOf('derived', id)?.type;
    expect(['copy', 'pick', 'far', 'warm'].map(typeOf)).toEqual(['boolean', 'boolean', undefined, 'boolean']);
    expect(['far', 'warm', 'fra'].map((id) => hardware.isKnown('derived', id))).toEqual([false, true, true]);
  });

  it('has policies by point, those of derived ones too', () => {
    const config = parse(
      'devices: { m: { driver: lines, port: /dev/x, points: { t: { publish: { deadband: 0.2, debounce: 200ms, maxWait: 2s, immediate: true } }, u: {} } } }\n' +
        'derived: { f: { formula: m.t * 2, publish: { heartbeat: 1m } }, g: m.u }',
    );
    expect([...policiesOf(config)]).toEqual([
      ['m.t', { deadband: 0.2, debounce: 200, maxWait: 2_000, immediate: true }],
      ['derived.f', { maxWait: 5_000, heartbeat: 60_000, immediate: false }],
    ]);
  });
});
