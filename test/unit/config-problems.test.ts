// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configs hold references to environment variables.
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.js';
import { parseConfig } from '../../src/config/load.js';
import { madeUpDrivers } from '../support/made-up-driver.js';

function problemsOf(text: string, env: Record<string, string> = {}): string[] {
  try {
    const context = { env, drivers: madeUpDrivers, homeDir: '/home/pi', hostname: 'pi' };
    parseConfig({ path: 'b.yaml', text, shared: false }, context);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const device = (rest: string) => `devices:\n  a: { driver: madeup, ${rest} }\n`;
const point = (rest: string) => device(`port: /dev/x, points: { t: { ${rest} } }`);

const CASES: readonly [text: string, ...lines: string[]][] = [
  ['brdge: {}', 'b.yaml:1:1 brdge: unknown key `brdge`; did you mean `bridge`?'],
  [
    'zzzzz: 1',
    'b.yaml:1:1 zzzzz: unknown key `zzzzz`; known here: `bridge`, `relay`, `devices`, `derived`, `publish`, `persist`, `security`, `safety`, `panel`, `metrics`, `layout`, `discover`, `notify` or `log`',
  ],
  ['[1, 2]', 'b.yaml:1:1 expected a mapping (`key: value`), got a list'],
  ['just text', 'b.yaml:1:1 expected a mapping (`key: value`), got a text'],
  [
    'log:',
    'b.yaml:1:5 log: expected a mapping (`key: value`), got nothing; indent what belongs to it further than itself, or write `{}`',
  ],
  ['metrics: true', 'b.yaml:1:10 metrics: expected a mapping (`key: value`), got `true`; write `{}` for all defaults'],
  ['safety: { estop: a.b }', 'b.yaml:1:18 safety.estop: expected a list, got a text; write it in brackets: `[…]`'],
  [
    'log: { level: inf }',
    'b.yaml:1:15 log.level: expected `trace`, `debug`, `info`, `warn` or `error`, got `inf`; did you mean `info`?',
  ],
  ['publish: { maxHz: 50 }', 'b.yaml:1:19 publish.maxHz: must be between 0.1 and 20, got 50'],
  [
    'publish: { maxHz: "5" }',
    'b.yaml:1:19 publish.maxHz: expected a number, got a text; remove the quotes; a value from the environment is always text',
  ],
  [
    'publish: { keyframe: 30 }',
    'b.yaml:1:22 publish.keyframe: a duration needs a unit; add a unit, for example `30ms` or `30s`',
  ],
  [
    'publish: { keyframe: soon }',
    'b.yaml:1:22 publish.keyframe: not a duration; write it as `20ms`, `1.5s`, `2m` or `1h`',
  ],
  ['publish: { trend: 1ms }', 'b.yaml:1:19 publish.trend: must be between 250ms and 1h'],
  ['publish: { trend: [] }', 'b.yaml:1:19 publish.trend: expected a duration such as `20ms`, `1.5s` or `2m`'],
  // A key in the wrong section: the section that has it is named.
  [
    'security: { allowOpenRelay: true }',
    'b.yaml:1:13 security.allowOpenRelay: unknown key `allowOpenRelay`; it belongs in `relay`',
  ],
  ['namespace: home', 'b.yaml:1:1 namespace: unknown key `namespace`; it belongs in `bridge`'],
  ['host: 0.0.0.0', 'b.yaml:1:1 host: unknown key `host`; it belongs in `panel` or `metrics`'],
  ['panel: true', 'b.yaml:1:8 panel: expected a mapping (`key: value`), got `true`; write `{}` for all defaults'],
  ['safety: { estop: pins.a }', 'b.yaml:1:18 safety.estop: expected a list, got a text; write it in brackets: `[…]`'],
  ['devices: [a, b]', 'b.yaml:1:10 devices: expected a mapping (`key: value`), got a list'],
  [
    'panel: { host: "localhost:80" }',
    'b.yaml:1:16 panel.host: not an address to listen on; write it as 127.0.0.1, 0.0.0.0 or ::1; its port goes into `port`',
  ],
  [
    'metrics: { host: 300.1.1.1 }',
    'b.yaml:1:18 metrics.host: not an address to listen on; write it as 127.0.0.1, 0.0.0.0 or ::1; its port goes into `port`',
  ],
  [
    'derived: { m: { formula: "1 > 0 & 2 > 1" } }',
    'b.yaml:1:26 derived.m.formula: there is no operator `&`; did you mean `&&`?',
  ],
  [
    'relay: { url: "wss://a:1", ca: nope.pem }',
    'b.yaml:1:32 relay.ca: there is no file CWD/nope.pem; its path is relative to the config'.replace(
      'CWD',
      process.cwd(),
    ),
  ],
  [
    'relay: { connection: nope.json }',
    'b.yaml:1:22 relay.connection: there is no file CWD/nope.json; its path is relative to the config'.replace(
      'CWD',
      process.cwd(),
    ),
  ],
  ['relay: {}', 'b.yaml:1:1 relay: neither `url` nor `embedded`; add `url: ws://HOST:8765` or `embedded: {}`'],
  [
    'relay: { embedded: {}, token: abc, url: ws://h }',
    'b.yaml:1:1 relay: `url` and `embedded` exclude each other; remove one of them',
    'b.yaml:1:31 relay.token: the token of an embedded relay has 8 to 512 characters; for example one of `openssl rand -hex 16`',
  ],
  [
    'relay: { url: ws://h, embedded: {} }',
    'b.yaml:1:1 relay: `url` and `embedded` exclude each other; remove one of them',
  ],
  [
    'relay: { url: http://h }',
    'b.yaml:1:15 relay.url: not the address of a relay; write it as ws://HOST:PORT or wss://HOST',
  ],
  [
    'relay: { embedded: {}, token: 12345678 }',
    'b.yaml:1:31 relay.token: expected a text, got a whole number; put it in quotes',
  ],
  ['relay: { embedded: {}, token: "" }', 'b.yaml:1:31 relay.token: is empty'],
  [
    'relay: { embedded: { host: 0.0.0.0 }, token: abc }',
    'b.yaml:1:46 relay.token: the token of an embedded relay has 8 to 512 characters; for example one of `openssl rand -hex 16`',
  ],
  [
    'relay: { embedded: {}, token hunter2hunter2 }',
    'b.yaml:1:24 relay: unknown key; is there a missing `: `, with its space?',
  ],
  [
    `relay: { embedded: {}, roomKey: ${'A'.repeat(43)} }`,
    'b.yaml:1:33 relay.roomKey: not a room key: expected standard base64 of 32 bytes, 43 characters and `=`',
  ],
  [
    `relay: { embedded: {}, roomKey: ${'-'.repeat(42)}A= }`,
    'b.yaml:1:33 relay.roomKey: not a room key: expected standard base64 of 32 bytes, 43 characters and `=`',
  ],
  ['relay: { embedded: { port: 99999 } }', 'b.yaml:1:28 relay.embedded.port: must be between 0 and 65535, got 99999'],
  [
    'bridge: { namespace: e2ee }',
    'b.yaml:1:22 bridge.namespace: not a valid namespace; a letter, then at most 63 letters, digits, `_` and `-`; not a reserved word',
  ],
  ...['1a', '-a', 'a.b', 'a b', 'ä', '""', 'a'.repeat(65)].map((word): [string, string] => [
    `bridge: { namespace: ${word} }`,
    'b.yaml:1:22 bridge.namespace: not a valid namespace; a letter, then at most 63 letters, digits, `_` and `-`; not a reserved word',
  ]),
  ['bridge: { stateDir: here }', 'b.yaml:1:21 bridge.stateDir: expected a path that begins with `/` or `~/`'],
  [
    'devices: {}\nnotify: { service: https://s.example, token: t, alarms: [{ when: "shed.temp > 30", text: hot }] }',
    'b.yaml:2:66 notify.alarms[0].when: unknown device `shed`; there are no devices',
  ],
  ['notify: { service: http://s.example, token: t }', 'b.yaml:1:20 notify.service: not an https address'],
  [
    'notify: { token: t }',
    'b.yaml:1:1 notify: no service to hand notices to; name it with `service`, or join by the credential of a device',
  ],
  [
    'security: { defaultRole: admin }',
    'b.yaml:1:26 security.defaultRole: expected `operator` or `viewer`, got `admin`',
  ],
  [
    'security: { phones: { Ann: oprator } }',
    'b.yaml:1:28 security.phones.Ann: expected `viewer`, `operator` or `admin`, got `oprator`; did you mean `operator`?',
  ],
  ['devices:\n  a:\n    port: /dev/x', 'b.yaml:2:3 devices.a: `driver` is missing; add `driver: madeup`'],
  [
    'devices:\n  a: { driver: maedup }',
    'b.yaml:2:16 devices.a.driver: unknown driver `maedup`; did you mean `madeup`?',
  ],
  ['devices:\n  a: { driver: other }', 'b.yaml:2:16 devices.a.driver: unknown driver `other`; known drivers: `madeup`'],
  [
    'devices:\n  a: { driver: madeup }',
    'b.yaml:2:3 devices.a: `port` is missing; add it: `auto`, path or {vendorId, productId, serialNumber}',
  ],
  [device('prot: /dev/x'), 'b.yaml:2:24 devices.a.prot: unknown key `prot`; did you mean `port`?'],
  [
    device('port: /dev/x, baudrate: 9600'),
    'b.yaml:2:38 devices.a.baudrate: unknown key `baudrate`; did you mean `baud`?',
  ],
  [device('port: ttyUSB0'), 'b.yaml:2:30 devices.a.port: expected a path that begins with `/`, such as /dev/ttyUSB0'],
  [device('port: atuo'), 'b.yaml:2:30 devices.a.port: expected `auto`, got `atuo`; did you mean `auto`?'],
  [
    device('port: 5'),
    'b.yaml:2:30 devices.a.port: expected `auto`, path or {vendorId, productId, serialNumber}, got a whole number',
  ],
  [
    device('port: { vendorId: 1a86 }'),
    'b.yaml:2:24 devices.a.port: `productId` is missing; add it: 4 hex digits in quotes, such as "1a86"',
  ],
  [
    device('port: { vendorId: 1a86, productId: 7523 }'),
    'b.yaml:2:59 devices.a.port.productId: expected a text, got a whole number; put it in quotes',
  ],
  [
    device('port: { vendorId: 1a8, productId: "7523" }'),
    'b.yaml:2:42 devices.a.port.vendorId: expected 4 hex digits in quotes, such as "1a86"',
  ],
  [device('port: /dev/x, baud: 9600.5'), 'b.yaml:2:44 devices.a.baud: expected a whole number, got a number'],
  [device('port: /dev/x, baud: 4000001'), 'b.yaml:2:44 devices.a.baud: must be between 1 and 4000000, got 4000001'],
  [
    device('port: /dev/x, loud: yes'),
    'b.yaml:2:44 devices.a.loud: expected `true` or `false`, got a text; write true or false, without quotes',
  ],
  [
    device('port: /dev/x, shape: jsn'),
    'b.yaml:2:45 devices.a.shape: expected `auto` or `json`, got `jsn`; did you mean `json`?',
  ],
  [
    device('port: /dev/x, shape: { cvs: [a] }'),
    'b.yaml:2:47 devices.a.shape.cvs: unknown key `cvs`; did you mean `csv`?',
  ],
  [
    device('port: /dev/x, shape: { csv: temp }'),
    'b.yaml:2:52 devices.a.shape.csv: expected a list, got a text; write it in brackets: `[…]`',
  ],
  [device('port: /dev/x, shape: { csv: [] }'), 'b.yaml:2:52 devices.a.shape.csv: must have at least 1 entry'],
  [
    device('port: /dev/x, shape: { csv: [a, 5] }'),
    'b.yaml:2:56 devices.a.shape.csv[1]: expected a text, got a whole number; put it in quotes',
  ],
  [
    device('port: /dev/x, shape: 5'),
    'b.yaml:2:45 devices.a.shape: expected `auto` or `json` or a mapping (`key: value`), got a whole number',
  ],
  [
    device('port: /dev/x, alias: bridge'),
    'b.yaml:2:45 devices.a.alias: `bridge` is a reserved word; choose another id, for example `my_bridge`',
  ],
  [
    'devices:\n  Green House: { driver: madeup, port: /dev/x, lowd: 1 }',
    'b.yaml:2:3 devices["Green House"]: not a valid id; an id is a lower-case letter, then at most 15 of a-z, 0-9 and _, for example `green_house`',
    'b.yaml:2:48 devices["Green House"].lowd: unknown key `lowd`; did you mean `loud`?',
  ],
  [point('min: 5, max: 1'), 'b.yaml:2:58 devices.a.points.t.min: `min` must be below `max`'],
  [point('min: 0, max: 5, safe: 9'), 'b.yaml:2:75 devices.a.points.t.safe: must be at most `max`, 5'],
  [point('min: 0, safe: -1'), 'b.yaml:2:67 devices.a.points.t.safe: must be at least `min`, 0'],
  [point('min: .nan'), 'b.yaml:2:58 devices.a.points.t.min: expected a number, got NaN'],
  [
    'devices:\n  a: { driver: madeup, port: /dev/x }\n  b: { driver: madeup, port: /dev/x }\n  c: { driver: madeup, port: auto }\n  d: { driver: madeup, port: auto }',
    'b.yaml:3:30 devices.b.port: the same port as device `a`; one port has one device; give each its own',
  ],
  [
    'safety: { interlocks: [[a.b, zz.x]] }',
    'b.yaml:1:25 safety.interlocks[0][0]: unknown device `a`; there are no devices',
    'b.yaml:1:30 safety.interlocks[0][1]: unknown device `zz`; there are no devices',
  ],
  [
    `${device('port: /dev/x')}safety: { interlocks: [[a.b, a.b], [a.c], [a.c, lamp]] }`,
    'b.yaml:3:30 safety.interlocks[0][1]: the same point twice in one group; remove one of them',
    'b.yaml:3:36 safety.interlocks[1]: must have at least 2 entries',
    'b.yaml:3:49 safety.interlocks[2][1]: not the name of a point; write it as `device.point`',
  ],
  [
    'devices: { gh: { driver: madeup, port: /dev/x, points: { up: { role: actuator }, down: { role: actuator }, temp: {} } } }\nsafety: { interlocks: [[gh.up, gh.donw], [gh.up, gh.temp], [gh.up, gh.zzz]] }',
    'b.yaml:2:32 safety.interlocks[0][1]: unknown point `gh.donw`; did you mean `gh.down`?',
    'b.yaml:2:50 safety.interlocks[1][1]: `gh.temp` is no output; only points with `role: actuator` can be interlocked',
    'b.yaml:2:68 safety.interlocks[2][1]: unknown point `gh.zzz`; known here: `gh.up` or `gh.down`',
  ],
  [
    'devices: { gh: { driver: madeup, port: /dev/x, points: { up: {} } } }\nlayout: { bindings: { a: gh.up, b: gh.pu, c: hg.up } }',
    'b.yaml:2:36 layout.bindings.b: unknown point `gh.pu`; known here: `gh.up`',
    'b.yaml:2:46 layout.bindings.c: unknown device `hg`; known here: `gh`',
  ],
  [
    'bridge: { name: ${NOPE} }',
    'b.yaml:1:17 bridge.name: environment variable `NOPE` is not set; set it, or give a default: `${NOPE:-value}`',
  ],
  [
    'bridge: { name: "${1}" }',
    'b.yaml:1:17 bridge.name: not a reference to an environment variable; write `${NAME}` or `${NAME:-default}`; write `$${` for a literal `${`',
  ],
  [
    'bridge: { name: ${bad-name}, namespace: x }\nlog: { level: info }',
    'b.yaml:1:17 bridge.name: not a reference to an environment variable; write `${NAME}` or `${NAME:-default}`; write `$${` for a literal `${`',
  ],
  [
    'bridge: { name: ${NO, namespace: x }\nlog: { level: info }',
    'b.yaml:1:18 something unexpected; look for a missing quote, or a stray bracket',
  ],
  ['devices:\n\ta:\n\t  driver: x\n\t  port: y\nlog: {}', 'b.yaml:2:1 a tab in the indentation; use spaces'],
  [
    'relay: { embedded: {}, channel: a\nlog: { level: info }\n',
    'b.yaml:2:1 a `{` has no `}`; add it before this line; lines between `{` and `}` are indented',
  ],
  [
    'safety:\n  interlocks: [[a.b, a.c]\nlog: {}\n',
    'b.yaml:3:1 a `[` has no `]`; add it before this line; lines between `[` and `]` are indented',
  ],
  [
    'relay: { url: "ws://anna:secret@h" }',
    'b.yaml:1:15 relay.url: not the address of a relay; write it as ws://HOST:PORT or wss://HOST',
  ],
  [
    'relay: { embedded: { port: 8080 } }\npanel: {}',
    'b.yaml:2:1 panel.port: 8080 is the port of `relay.embedded` too; give each its own',
  ],
  [
    'panel: { port: 9000 }\nmetrics: { host: 0.0.0.0, port: 9000 }',
    'b.yaml:2:33 metrics.port: 9000 is the port of `panel` too; give each its own',
  ],
  ['log: {}\nlog: {}', 'b.yaml:2:1 the same key twice in one mapping; remove one of them'],
  ['log: {}\n---\nlog: {}', 'b.yaml:2:1 more than one document in the file; remove the `---` line and what follows'],
  ['log: {}\n}\n---\n}', 'b.yaml:2:1 something unexpected; look for a missing quote, or a stray bracket'],
  ['log:\n\tlevel: info', 'b.yaml:2:1 a tab in the indentation; use spaces'],
  ['log: *base', 'b.yaml:1:6 log: an alias without its anchor; put the text in quotes if no alias is meant'],
  [
    'log: !js info',
    'b.yaml:1:6 an unknown tag; remove the word that begins with `!`, or put the text in quotes',
    'b.yaml:1:10 log: expected a mapping (`key: value`), got a text',
  ],
  ['log: &x [ *x ]', 'b.yaml:1:11 log[0]: an alias inside its own anchor; write the value out'],
  ['__proto__: { level: info }', 'b.yaml:1:1 __proto__: a key that no config may hold; choose another word'],
];

describe('what is wrong with a config, in exact words', () => {
  it.each(CASES)('%j', (text, ...lines) => {
    expect(problemsOf(text)).toEqual(lines);
  });

  it('tells every problem of a file at once, in the order of the file', () => {
    const text = [
      'bridge: { name: 5 }',
      'relay: { url: http://x, tokn: a }',
      'devices:',
      '  b: { driver: madeup, port: x }',
      'publish: { maxHz: 0 }',
    ].join('\n');
    expect(problemsOf(text).map((line) => line.split(' ')[0])).toEqual([
      'b.yaml:1:17',
      'b.yaml:2:15',
      'b.yaml:2:25',
      'b.yaml:4:30',
      'b.yaml:5:19',
    ]);
  });

  it('takes a merge key for a key that it does not know', () => {
    expect(problemsOf('log: { <<: { level: info } }')).toEqual([
      'b.yaml:1:8 log: unknown key; is there a missing `: `, with its space?',
    ]);
  });

  it('refuses what would expand without end', () => {
    const bomb = [
      'a: &a [x, x]',
      ...'bcdefgh'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefg'[i]},`.repeat(9)}]`),
    ];
    expect(problemsOf(bomb.join('\n'))).toEqual(['b.yaml:1:1 too many aliases; write some of them out']);
  });

  it.each([
    ['['.repeat(5000)],
    [`${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['{a: '.repeat(5000)],
    ['- '.repeat(5000)],
    ['? '.repeat(5000)],
    [`${'- '.repeat(5000)}x\na`],
    [`${'? '.repeat(5000)}x\na`],
    [Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('refuses to dive into what nests without end', (text) => {
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(
        /^b\.yaml:\d+:\d+ more than 64 mappings and lists in one another; look for stray brackets$/,
      ),
    ]);
  });

  it('takes 64 levels', () => {
    expect(problemsOf(`${'['.repeat(64)}${']'.repeat(64)}`)).toEqual([
      'b.yaml:1:1 expected a mapping (`key: value`), got a list',
    ]);
  });

  it('tells at most 200 problems', () => {
    const lines = problemsOf(Array.from({ length: 300 }, (_, i) => `zz${i}: 1`).join('\n'));
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toContain('and 100 more problems');
  });

  const many = (count: number, word: (i: number) => string, between = '\n') =>
    Array.from({ length: count }, (_, i) => word(i)).join(between);

  it.each([
    ['keys', many(15_000, (i) => `k${i}: 1`), /^b\.yaml:14286:\d more than 100000 words and signs; is this the right/],
    ['blank lines', '\n'.repeat(1_000_000), /^b\.yaml:\d+:1 more than 100000 words and signs/],
    ['aliases', `a: &a 1\nb: [${many(20_000, () => '*a', ',')}]`, /^b\.yaml:2:3005 more than 1000 aliases; write some/],
    ['aliases of nothing', `b: [${many(10_000, (i) => `*n${i}`, ',')}]`, /more than 1000 aliases/],
  ])('reads no more %s than any config has, and says so in one line', (_, text, line) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(line)]);
  });

  it.each([
    ['unknown keys', many(10_000, (i) => `k${i}: 1`)],
    ['the same key', many(10_000, () => 'k: 1')],
    ['stray brackets', '}'.repeat(90_000)],
    ['texts beside one another', '"'.repeat(90_000)],
    ['documents', '---\n'.repeat(30_000)],
    ['block texts', many(7_000, (i) => `k${i}: |\n  x`)],
    ['references without an end', `a: "${'${x:-'.repeat(150_000)}"`],
    ['references to nothing', `a: "${'${x}'.repeat(200_000)}"`],
    ['characters that hide references', `a: "${'\uE024\uE07B'.repeat(150_000)}"`],
  ])('is done with %s within a moment', (_, text) => {
    const began = performance.now();
    expect(problemsOf(text).length).toBeGreaterThan(0);
    // Many times as long as it takes; where the time grows faster than the text it was minutes.
    expect(performance.now() - began).toBeLessThan(8_000);
  });

  it('takes each alias for the last anchor of its name before it', () => {
    const text = 'log: { level: &l debug }\nbridge: { name: &l b }\nrelay: { embedded: {}, channel: *l }\n';
    expect(problemsOf(text)).toEqual([]);
    expect(problemsOf(`relay: { channel: *l }\n${text}`)).toContain(
      'b.yaml:1:19 relay.channel: an alias without its anchor; put the text in quotes if no alias is meant',
    );
    expect(problemsOf('a: &a { b: *a }')[0]).toContain('an alias inside its own anchor');
  });

  it('never shows a value from the environment', () => {
    const env = { LEVEL: 'inf', PORT: 'ttyS9', SPAN: '7731', NAME: 'x' };
    const text = [
      'log: { level: ${LEVEL} }',
      'publish: { keyframe: ${SPAN} }',
      'devices: { a: { driver: ${PORT} }, b: { driver: madeup, port: auto, alias: ${PORT} } }',
    ].join('\n');
    const lines = problemsOf(text, env);
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line).not.toMatch(/`inf`|ttyS9|7731/);
  });
});
