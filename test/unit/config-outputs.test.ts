import { describe, expect, it } from 'vitest';
import { parse, problemsOf } from '../support/config-problems.js';

const pin = (rest: string) => `devices:\n  p: { driver: gpio, points: { x: { ${rest} } } }\n`;
const out = (rest: string) => pin(`pin: 4, direction: out, ${rest}`);
const line = (rest: string) => `devices:\n  m: { driver: lines, port: /dev/x, points: { x: { ${rest} } } }\n`;
const two =
  'devices: { p: { driver: gpio, points: { a: { pin: 4, direction: out }, b: { pin: 5, direction: out }, s: { pin: 6, direction: in } } } }\n';

describe('pins', () => {
  const bank = (id: string, points: string, more = '') => `  ${id}: { driver: gpio, ${more}points: { ${points} } }\n`;
  const lamp = 'lamp: { pin: 17, direction: out }';

  it.each<[string, string, ...string[]]>([
    [
      bank('a', lamp),
      bank('b', 'x: { pin: 4, direction: in }, door: { pin: 17, direction: in }'),
      'b.yaml:3:75 devices.b.points.door.pin: `a.lamp` has pin 17 already; one pin has one point',
    ],
    [
      bank('a', lamp, 'chip: gpiochip1, '),
      bank('b', 'dial: { pins: [5, 17], direction: in, measure: encoder }', 'chip: gpiochip1, '),
      'b.yaml:3:63 devices.b.points.dial.pins: `a.lamp` has pin 17 already; one pin has one point',
    ],
    [bank('a', lamp), bank('b', lamp, 'chip: gpiochip1, ')],
    [bank('a', lamp), bank('b', 'lamp: { pin: 18, direction: out }')],
    [bank('a', lamp), bank('b', 'fan: { pin: 17, direction: out, pwm: { chip: pwmchip0, channel: 1 } }')],
  ])('have one point, whichever device it is of: %s%s', (a, b, ...problems) => {
    expect(problemsOf(`devices:\n${a}${b}`)).toEqual(problems);
  });
});

describe('what is wrong with the rules of outputs, in exact words', () => {
  it.each<[string, ...string[]]>([
    [
      pin('pin: 4, direction: in, maxOn: 5s'),
      'b.yaml:2:60 devices.p.points.x.maxOn: only an output has `maxOn`; it is for what can be switched',
    ],
    [
      out('safe: true, maxOn: 5s'),
      'b.yaml:2:73 devices.p.points.x.maxOn: `maxOn` needs a safe value that is off; set `safe`',
    ],
    [
      out('maxOn: 5'),
      'b.yaml:2:68 devices.p.points.x.maxOn: a duration needs a unit; add a unit, for example `5ms` or `5s`',
    ],
    [
      out('slew: fast'),
      'b.yaml:2:67 devices.p.points.x.slew: not a speed; write it as `20/s` or `20/min`, in units of the point',
    ],
    [out('slew: 5/s'), 'b.yaml:2:61 devices.p.points.x.slew: a boolean has no speed'],
    [
      line('role: actuator, type: string, write: "{value}", onExit: restore'),
      'b.yaml:2:100 devices.m.points.x.onExit: `onExit: restore` needs a safe value; set `safe`',
    ],
    [
      out('onExit: restore, onBoot: hold'),
      'b.yaml:2:78 devices.p.points.x.onBoot: `onExit: restore` brings it back after a start; remove one of them',
    ],
    [
      out('onExit: restore, arm: 5s'),
      'b.yaml:2:61 devices.p.points.x.onExit: what has to be armed does not come back by itself',
    ],
    [
      out('onExit: restore, lease: 5s'),
      'b.yaml:2:61 devices.p.points.x.onExit: with `lease` nothing comes back after a start',
    ],
    [
      out('onExit: restore, initial: true'),
      'b.yaml:2:69 devices.p.points.x.onExit: `initial` and `onExit: restore` exclude each other',
    ],
    [out('slew: 5'), 'b.yaml:2:61 devices.p.points.x.slew: a boolean has no speed'],
    [out('clamp: true'), 'b.yaml:2:61 devices.p.points.x.clamp: a boolean has no limits'],
    [
      out('lease: 5s, holdToRun: true'),
      'b.yaml:2:61 devices.p.points.x.lease: `holdToRun` is a lease of 750 ms already; remove one of them',
    ],
    [
      out('pulse: 5s, holdToRun: true'),
      'b.yaml:2:61 devices.p.points.x.pulse: `pulse` and `holdToRun` exclude each other',
    ],
    [out('pulse: 5s, maxOn: 1s'), 'b.yaml:2:61 devices.p.points.x.pulse: `pulse` is longer than `maxOn`'],
    [
      out('maxOn: 5s, onExit: hold'),
      'b.yaml:2:72 devices.p.points.x.onExit: `maxOn` and `onExit: hold` exclude each other',
    ],
    [
      out('pulse: 1s, onBoot: hold'),
      'b.yaml:2:72 devices.p.points.x.onBoot: `pulse` and `onBoot: hold` exclude each other',
    ],
    [
      out('holdToRun: true, onBoot: hold'),
      'b.yaml:2:78 devices.p.points.x.onBoot: `holdToRun` and `onBoot: hold` exclude each other',
    ],
    [
      out('pulse: 1s, initial: true'),
      'b.yaml:2:61 devices.p.points.x.pulse: with `pulse` it begins at its safe value; remove `initial`',
    ],
    [
      out('arm: 5s, initial: true'),
      'b.yaml:2:61 devices.p.points.x.arm: with `arm` it begins at its safe value; remove `initial`',
    ],
    [
      `${two.replaceAll('out }', 'out, initial: true }')}safety: { interlocks: [[p.a, p.b]] }`,
      'b.yaml:2:24 safety.interlocks[0]: `a` and `b` both begin as on; remove one `initial`',
    ],
    [
      `${two.replaceAll('out }', 'out, safe: true }')}safety: { interlocks: [[p.a, p.b]] }`,
      'b.yaml:2:24 safety.interlocks[0]: `a` and `b` are both on at their safe values; let one rest off',
    ],
    [
      out('arm: 5s, onBoot: restore'),
      'b.yaml:2:70 devices.p.points.x.onBoot: what has to be armed does not come back by itself',
    ],
    [
      out('initial: true, onBoot: hold'),
      'b.yaml:2:84 devices.p.points.x.onBoot: `initial` and `onBoot` exclude each other',
    ],
    [out('onBoot: keep'), 'b.yaml:2:69 devices.p.points.x.onBoot: expected `safe`, `hold` or `restore`, got `keep`'],
    [
      line('role: actuator, type: string, write: "T {value}", arm: 5s'),
      'b.yaml:2:102 devices.m.points.x.arm: `arm` needs a safe value; set `safe`',
    ],
    [
      `${two}safety: { interlocks: [{ outputs: [p.a, p.bb], deadTime: 1s }] }`,
      'b.yaml:2:41 safety.interlocks[0].outputs[1]: unknown point `p.bb`; known here: `p.a` or `p.b`',
    ],
    [
      `${two}safety: { interlocks: [{ outputs: [p.a, p.s], deadTime: 1s }] }`,
      'b.yaml:2:41 safety.interlocks[0].outputs[1]: `p.s` is no output; only points with `role: actuator` can be interlocked',
    ],
    [
      `${two}safety: { interlocks: [{ outputs: [p.a, p.b], deadTime: 1 }] }`,
      'b.yaml:2:57 safety.interlocks[0].deadTime: a duration needs a unit; add a unit, for example `1ms` or `1s`',
    ],
    [
      `${two}safety: { estop: [p.t] }`,
      'b.yaml:2:19 safety.estop[0]: unknown point `p.t`; known here: `p.a`, `p.b` or `p.s`',
    ],
    [
      `${two}safety: { estop: [{ point: q.s, when: true }] }`,
      'b.yaml:2:28 safety.estop[0].point: unknown device `q`; known here: `p`',
    ],
    [
      `${two}safety: { estop: [p.a] }`,
      'b.yaml:2:19 safety.estop[0]: `p.a` is an output, which tells of no danger; name an input, or an event',
    ],
    [
      `${two}safety: { estop: [{ point: p.s, when: pressed }, { point: p.s, when: "true" }] }`,
      'b.yaml:2:39 safety.estop[0].when: `p.s` is a boolean and never `pressed`; it is true or false, without quotes',
      'b.yaml:2:70 safety.estop[1].when: `p.s` is a boolean and never `true`; it is true or false, without quotes',
    ],
    [
      `${pin('pin: 4, direction: in, measure: frequency')}safety: { estop: [p.x] }`,
      'b.yaml:3:19 safety.estop[0]: `p.x` is a number and never `true`; say with `when` at which value it stops everything',
    ],
    [
      `${pin('pin: 4, direction: in, role: event')}safety: { estop: [p.x, { point: p.x, when: pushed }] }`,
      'b.yaml:3:44 safety.estop[1].when: `p.x` never says `pushed`; it says pressed, released',
    ],
    [
      `${pin('pin: 4, direction: in, filters: [{ invert: true }, { throttle: 10s }]')}safety: { estop: [p.x] }`,
      'b.yaml:2:90 devices.p.points.x.filters[1].throttle: `throttle` would keep the emergency stop waiting, whose source this is; a source may have `invert`, `map` and `timeout`',
    ],
    [
      `devices: { b: { driver: board, port: auto, points: { x: { filters: [{ delayed_on: 1m }] } } } }\nsafety: { estop: [b.x] }`,
      'b.yaml:1:71 devices.b.points.x.filters[0].delayed_on: `delayed_on` would keep the emergency stop waiting, whose source this is; a source may have `invert`, `map` and `timeout`',
    ],
  ])('%s', (text, ...problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it('they are taken as they are meant', () => {
    const { safety, devices } = parse(
      `${two}safety: { interlocks: [[p.a, p.b], { outputs: [p.a, p.b], deadTime: 500ms }], estop: [p.s, { point: p.s, when: false }], relayGrace: 2s }`,
    );
    expect(safety).toEqual({
      interlocks: [
        { outputs: ['p.a', 'p.b'], deadTime: 0 },
        { outputs: ['p.a', 'p.b'], deadTime: 500 },
      ],
      estop: [{ point: 'p.s' }, { point: 'p.s', when: false }],
      relayGrace: 2_000,
    });
    expect(devices.size).toBe(1);
  });
});
