import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { drivers } from '../../devices/index.js';
import { ConfigError, formatProblem } from '../../src/config/config-error.js';
import { parseConfig } from '../../src/config/load.js';
import { problemsOf } from '../support/config-problems.js';

const folder = mkdtempSync(join(tmpdir(), 'config-layout-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LAYOUT = {
  name: 'x',
  version: 1,
  tabs: [
    {
      title: 'a',
      icon: 'house',
      grid: { columns: 4, rows: 8 },
      children: [
        {
          type: 'gauge',
          id: 'temp',
          position: [0, 0],
          min: 0,
          max: 50,
          sync: [{ filter: { msg_type: 't' }, valuePath: 'temp' }],
        },
        { type: 'label', id: 'other', position: [1, 0], sync: [{ filter: { msg_type: 't' }, valuePath: 'temp' }] },
        {
          type: 'toggle',
          id: 'pump',
          position: [2, 0],
          action: { event: 'broadcast_request', payload: { msg_type: 'c', on: '{{value}}' } },
        },
      ],
    },
  ],
};

/** What is said of a config whose bindings are these lines. */
function check(bindings: string[], layout: string = JSON.stringify(LAYOUT), name = 'my.json') {
  writeFileSync(join(folder, 'my.json'), layout);
  const text = [
    'devices:',
    '  shed: { driver: lines, port: /dev/x, points: { temp: {}, wide: { min: -40, max: 80 }, pump: { role: actuator, type: boolean, write: "P{value}" } } }',
    '  board: { driver: board, port: auto }',
    'layout:',
    `  file: ${JSON.stringify(name)}`,
    '  bindings:',
    ...bindings.map((line) => `    ${line}`),
    '',
  ].join('\n');
  return read(text);
}

/** What is said of a config. */
function read(text: string) {
  const path = join(folder, 'b.yaml');
  const lines = (problems: readonly Parameters<typeof formatProblem>[0][]) =>
    problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''));
  try {
    const { config, warnings } = parseConfig({ path, text, shared: false }, { env: {}, drivers, homeDir: folder });
    return { config, warnings: lines(warnings).filter((line) => line.includes(' layout')), errors: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { errors: lines(error.problems), warnings: [] };
    throw error;
  }
}

describe('the layout of a config', () => {
  it.each<[string, string[], string[]]>([
    [
      'a file that is not there, and outputs that contradict themselves',
      [
        'devices:',
        '  a: { driver: board, port: auto, prot: x }',
        '  p: { driver: gpio, points: { x: { pin: 4, direction: out, slew: 5 } } }',
        'layout: { file: none.json }',
      ],
      [
        'b.yaml:2:35 devices.a.prot: unknown key `prot`; did you mean `port`?',
        'b.yaml:3:61 devices.p.points.x.slew: a boolean has no speed',
        'b.yaml:4:17 layout.file: there is no file none.json; its path is relative to the config',
      ],
    ],
    [
      'a file that is there: bindings to what is wrong itself are not wrong',
      [
        'devices: { shed: { driver: lines, port: /dev/x, points: { temp: {}, pump: { role: actuator } } } }',
        'derived: { warm: "shed.temp >", cold: "shed.temp < 0" }',
        'layout: { file: my.json, bindings: { temp: derived.cold, pump: shed.pump, pum: shed.pump } }',
      ],
      [
        expect.stringContaining('devices.shed.points.pump'),
        expect.stringContaining('devices.shed.points.pump'),
        expect.stringContaining('derived.warm'),
        'b.yaml:3:75 layout.bindings.pum: the layout has no control `pum`; did you mean `pump`?',
      ],
    ],
    [
      'the account of notices is not missing where the relay is wrong',
      ['relay: { url: x }', 'notify: { token: t }', 'layout: { file: none.json }'],
      [
        'b.yaml:1:15 relay.url: not the address of a relay; write it as ws://HOST:PORT or wss://HOST',
        'b.yaml:3:17 layout.file: there is no file none.json; its path is relative to the config',
      ],
    ],
  ])('is told of together with what else is wrong: %s', (_what, lines, problems) => {
    writeFileSync(join(folder, 'my.json'), JSON.stringify(LAYOUT));
    expect(read(lines.join('\n')).errors).toEqual(problems);
  });

  it('is read from where the config is, with its bindings', () => {
    const { config, warnings } = check(['temp: shed.temp', 'other: shed.temp', 'pump: shed.pump']);
    expect(config?.layout?.document).toEqual(LAYOUT);
    expect(config?.layout?.bindings).toEqual({ temp: 'shed.temp', other: 'shed.temp', pump: 'shed.pump' });
    expect(warnings).toEqual([]);
  });

  it.each<[string[], string[]]>([
    [['tmp: shed.temp'], ['b.yaml:7:5 layout.bindings.tmp: the layout has no control `tmp`; did you mean `temp`?']],
    [['temp: shed.tmp'], ['b.yaml:7:11 layout.bindings.temp: unknown point `shed.tmp`; did you mean `shed.temp`?']],
    [['temp: shet'], ['b.yaml:7:11 layout.bindings.temp: unknown device `shet`; did you mean `shed`?']],
    [
      ['temp: bridge.halt'],
      [
        'b.yaml:7:11 layout.bindings.temp: nothing that a control can be bound to; write `device.point`, `device` or `bridge` for a health word, `bridge.estop` or `bridge.estop_reset`',
      ],
    ],
    [
      ['temp: shed.pump'],
      ["b.yaml:7:11 layout.bindings.temp: control `temp`: a gauge can't show `shed.pump`, a boolean"],
    ],
    [
      ['pump: shed.temp'],
      ["b.yaml:7:11 layout.bindings.pump: control `pump`: `shed.temp` is read, it can't be switched"],
    ],
    [
      ['temp: shed.temp', 'other: shed.pump'],
      [
        'b.yaml:8:12 layout.bindings.other: control `other`: `temp` is where `temp` gets `shed.temp`; give it a `valuePath` or a filter of its own',
      ],
    ],
    [
      ['pump: { x: shed.pump }'],
      ['b.yaml:7:11 layout.bindings.pump: control `pump`: a toggle has no axes; bind it to one point'],
    ],
    [
      ['pump: { x: shed.pum }'],
      ['b.yaml:7:16 layout.bindings.pump.x: unknown point `shed.pum`; did you mean `shed.pump`?'],
    ],
    [
      ['pump: {}'],
      ['b.yaml:7:11 layout.bindings.pump: no axis moves anything; write `{ x: device.point, y: device.point }`'],
    ],
    [
      ['pump: { x: shed.pump, y: shed.pump }'],
      [
        'b.yaml:7:11 layout.bindings.pump: both axes move the same point; give each axis a point of its own, or leave one out',
      ],
    ],
    [
      ['pump: { x: shed.pump, z: shed.pump }'],
      ['b.yaml:7:27 layout.bindings.pump.z: unknown key `z`; known here: `x` or `y`'],
    ],
    [
      ['tmp: shed.temp', 'temp: shed.temperatur', 'pum: shed..x', 'pump: shed.temp'],
      [
        'b.yaml:7:5 layout.bindings.tmp: the layout has no control `tmp`; did you mean `temp`?',
        'b.yaml:8:11 layout.bindings.temp: unknown point `shed.temperatur`; did you mean `shed.temp`?',
        'b.yaml:9:5 layout.bindings.pum: the layout has no control `pum`; did you mean `pump`?',
        'b.yaml:9:10 layout.bindings.pum: nothing that a control can be bound to; write `device.point`, `device` or `bridge` for a health word, `bridge.estop` or `bridge.estop_reset`',
        "b.yaml:10:11 layout.bindings.pump: control `pump`: `shed.temp` is read, it can't be switched",
      ],
    ],
  ])('is held against its bindings: %j', (bindings, errors) => {
    expect(check(bindings).errors).toEqual(errors);
  });

  it('tells what is worth knowing', () => {
    expect(check(['temp: shed.wide']).warnings).toEqual([
      'b.yaml:5:9 layout.file: not bound: `other`, `pump`; likely: `other: shed.temp`, `pump: shed.pump`',
      'b.yaml:7:11 layout.bindings.temp: control `temp`: shows 0 to 50, but `shed.wide` goes from -40 to 80',
    ]);
    const [, dead] = [
      LAYOUT,
      {
        ...LAYOUT,
        version: 1,
        tabs: [{ ...LAYOUT.tabs[0], children: [{ type: 'lable', id: 'a', position: [0, 0] }] }],
      },
    ];
    expect(check(['{}'], JSON.stringify(dead)).warnings).toEqual([
      'b.yaml:5:9 layout.file: 1 thing does not work in this layout; `carter-bridge validate` with that file names them',
    ]);
  });

  it('knows no points of a device that describes itself, and waits for it', () => {
    expect(check(['temp: board.temp', 'other: board.x', 'pump: board.pump']).errors.length).toBe(1);
    expect(check(['temp: board.temp', 'pump: board.pump']).errors).toEqual([]);
  });

  it('shows nothing of a config that steers a terminal', () => {
    const E = '\u001b[2J\u202e';
    const q = JSON.stringify;
    const shed = (more: string) => `devices: { shed: { driver: lines, port: /dev/x, ${more} } }`;
    const told = [
      ...check([`${q(`temp${E}`)}: shed.temp`]).errors,
      ...problemsOf(shed(`points: { a: { from: ${q(E)} }, b: { role: event, from: ${q(E)} } }`)),
      ...problemsOf(
        shed(`points: { a: { role: actuator, type: enum, options: [x], safe: ${q(E)}, write: "A {value}" } }`),
      ),
      ...problemsOf(shed(`format: { regex: ${q(`(?<${E}>x)`)} }`)),
      ...problemsOf(`${shed('points: { t: {} }')}\nderived: { x: { formula: ${q(`shed.t + ${E}`)} } }`),
      ...check(['temp: shed.temp'], '{', `no${E}.json`).errors,
    ];
    expect(told.length).toBeGreaterThan(5);
    for (const line of told) expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(told[0]).toContain('the layout has no control `temp\\x1b[2J\\u202e`');
  });

  it('must be there, and be JSON', () => {
    expect(check(['temp: shed.temp'], '{', 'no.json').errors).toEqual([
      'b.yaml:5:9 layout.file: there is no file no.json; its path is relative to the config',
    ]);
    expect(check(['temp: shed.temp'], '{\n "tabs": [,]}').errors).toEqual([
      'b.yaml:5:9 layout.file: my.json:2:11 a value is missing here; look for a stray comma, quote or bracket',
    ]);
  });
});
