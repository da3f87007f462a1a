// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configs hold references to environment variables.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, formatProblem } from '../../src/config/config-error.js';
import { type ConfigContext, defaultConfig, loadConfig, parseConfig } from '../../src/config/load.js';
import { loadStateDir } from '../../src/config/state-dir.js';
import { isBridgeError } from '../../src/error.js';
import { madeUpDrivers } from '../support/made-up-driver.js';

const folder = mkdtempSync(join(tmpdir(), 'config-load-'));
afterAll(() => rmSync(folder, { recursive: true }));

const KEY = `${'A'.repeat(43)}=`;
const context = (env: Record<string, string> = {}): ConfigContext => ({
  env,
  drivers: madeUpDrivers,
  homeDir: '/home/pi',
  hostname: 'pi',
});
const parse = (text: string, env: Record<string, string> = {}) =>
  parseConfig({ path: 'b.yaml', text, shared: false }, context(env));

function file(name: string, content: string | Buffer, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function codeOf(path: string): string {
  try {
    loadConfig(path, context());
  } catch (error) {
    if (isBridgeError(error)) return error.code;
    throw error;
  }
  return 'none';
}

describe('defaults', () => {
  it('fills in everything that a config leaves out', () => {
    expect(defaultConfig(context())).toEqual({
      bridge: { name: 'pi-bridge', namespace: 'pi-bridge', stateDir: '/home/pi/.local/state/carter-bridge' },
      relay: {
        embedded: { port: 8765, host: '127.0.0.1' },
        channel: 'home',
        token: undefined,
        roomKey: undefined,
        unstamped: 'accept',
        allowOpenRelay: false,
      },
      devices: new Map(),
      derived: new Map(),
      publish: { maxHz: 5, keyframe: 30_000, trend: 2000 },
      persist: { interval: 10_000, history: false, values: false, counters: false },
      security: { defaultRole: 'operator', phones: new Map() },
      safety: { interlocks: [], estop: [], relayGrace: 10_000 },
      discover: true,
      log: { level: 'info' },
    });
    expect(parse('').config).toEqual(defaultConfig(context()));
  });

  it('makes a name that relays accept, and says so', () => {
    const { config, warnings } = parse("bridge: { name: Carter's Pi }");
    expect(config.bridge).toMatchObject({ name: 'Carter-s-Pi', namespace: 'Carter-s-Pi' });
    expect(warnings.map(formatProblem)).toEqual([
      'b.yaml:1:17 bridge.name: becomes `Carter-s-Pi` on the relay; names are letters, digits, `-` and `_`',
    ]);
  });
});

it('keeps a name with the prefix of an account, as relays do', () => {
  const { config, warnings } = parse('bridge: { name: "42.garage" }\nrelay: { embedded: {}, channel: "42.home" }');
  expect(config.bridge).toMatchObject({ name: '42.garage', namespace: 'garage' });
  expect(warnings).toEqual([]);
});

describe('devices', () => {
  it('gives each driver its own options, parsed', () => {
    const { config } = parse('devices: { a: { driver: madeup, port: /dev/x, settle: 1.5s, points: { t: {} } } }');
    expect(config.devices.get('a')).toEqual({
      driver: 'madeup',
      options: { port: '/dev/x', baud: 9600, shape: 'auto', loud: false, settle: 1500, points: { t: {} } },
    });
  });
});

describe('the environment', () => {
  it('fills in values, also unquoted ones inside braces', () => {
    const { config, secrets } = parse(
      'relay: { url: ws://pi:8765, channel: home, token: ${CARTER_TOKEN}, roomKey: ${CARTER_ROOM_KEY}, allowOpenRelay: false }',
      { CARTER_TOKEN: 'hunter2hunter2', CARTER_ROOM_KEY: KEY },
    );
    expect(config.relay).toMatchObject({ token: 'hunter2hunter2', roomKey: KEY });
    expect(secrets).toEqual(['hunter2hunter2', KEY]);
  });

  it.each([
    ['${A}', 'aa'],
    ['x${A}y${A}', 'xaayaa'],
    ['${NONE:-fall back}', 'fall-back'],
    ['${EMPTY:-fall}', 'fall'],
    ['${A:-fall}', 'aa'],
    ['$A$', 'A'],
    ['"a$${A}"', 'a-A'],
    ['${NESTED}', 'A'],
    ['${NONE:-fällt}', 'f-llt'],
  ])('reads %s', (text, name) => {
    const env = { A: 'aa', EMPTY: '', NESTED: '${A}' };
    expect(parse(`bridge: { name: ${text} }`, env).config.bridge.name).toBe(name);
  });

  it('does not find what every object has', () => {
    expect(() => parse('bridge: { name: "${constructor}" }')).toThrow('`constructor` is not set');
  });
});

describe('the file', () => {
  it('says what it can not read, with a code', () => {
    expect(codeOf(join(folder, 'none.yaml'))).toBe('config/missing');
    expect(codeOf(folder)).toBe('config/unreadable');
    expect(codeOf(file('large.yaml', '#'.repeat(1024 * 1024 + 1)))).toBe('config/invalid');
    expect(codeOf(file('binary.yaml', Buffer.from([0xff, 0xfe, 0x41])))).toBe('config/invalid');
    expect(codeOf(file('fits.yaml', '#'.repeat(1024 * 1024)))).toBe('none');
    expect(codeOf('/dev/zero')).toBe('config/invalid');
  });

  it('warns where others can read a secret that is written in it', () => {
    const literal = 'relay: { embedded: {}, token: hunter2hunter2 }';
    const warned = (path: string) => loadConfig(path, context({ T: 'hunter2hunter2' })).warnings.map((w) => w.path);
    expect(warned(file('open.yaml', literal, 0o644))).toEqual(['relay.token']);
    expect(warned(file('closed.yaml', literal, 0o600))).toEqual([]);
    expect(warned(file('env.yaml', 'relay: { embedded: {}, token: "${T}" }', 0o644))).toEqual([]);
  });
});

describe('warnings', () => {
  it.each([
    [
      'panel: { host: 0.0.0.0 }',
      'b.yaml:1:16 panel.host: the panel is open to the network without encryption; use 127.0.0.1 and an SSH tunnel, or `tls: true`',
    ],
    ['panel: { host: 0.0.0.0, tls: true }'],
    [
      'devices: { a: { driver: madeup, port: auto } }\nlayout: { bindings: { x: a.t } }',
      'b.yaml:2:11 layout.bindings: have no effect without a layout; name it with `file`',
    ],
    ['discover: true'],
    ['relay: { url: ws://192.168.1.50:8765 }'],
    ['relay: { url: wss://relay.example.com }'],
    ['relay: { url: ws://raspberrypi.local:8765 }'],
    ['relay: { url: "ws://[fd00::1]:8765" }'],
    [
      'relay: { url: ws://relay.example.com }',
      'b.yaml:1:15 relay.url: the connection leaves the local network without encryption: what is said can be read on the way; use wss://',
    ],
    [
      'relay: { embedded: {}, channel: my home }',
      'b.yaml:1:33 relay.channel: newer relays refuse this channel; channels are letters, digits, `-` and `_`',
    ],
    [
      'devices: { a: { driver: madeup, port: /dev/ttyUSB0 } }',
      'b.yaml:1:39 devices.a.port: this name can move to another board after a restart; use its link under /dev/serial/by-id/',
    ],
  ])('%s', (text, ...lines) => {
    expect(parse(text).warnings.map(formatProblem)).toEqual(lines);
  });

  it('name the link that lasts, of a port that is plugged in', () => {
    const stableName = (path: string) => (path === '/dev/ttyACM0' ? '/dev/serial/by-id/usb-Uno_A1-if00' : undefined);
    const text = 'devices: { a: { driver: madeup, port: /dev/ttyACM0 }, b: { driver: madeup, port: /dev/ttyACM1 } }';
    const { warnings } = parseConfig({ path: 'b.yaml', text, shared: false }, { ...context(), stableName });
    expect(warnings.map(({ hint }) => hint)).toEqual([
      'use /dev/serial/by-id/usb-Uno_A1-if00',
      'use its link under /dev/serial/by-id/',
    ]);
  });
});

describe('garbage', () => {
  const SECRET = 'hunter2hunter2';
  const word = fc.constantFrom(
    ...['bridge', 'relay', 'token', 'devices', 'driver', 'madeup', 'port', 'points', 'shape', 'csv', 'log', 'level'],
    ...[
      ': ',
      ': ',
      ':',
      '\n',
      '\n  ',
      '\n    ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '#',
      '&a ',
      '*a',
      '<<',
      '!!x ',
      '---',
      '\t',
    ],
    ...[
      '${T}',
      '${',
      '$${',
      '}',
      '|',
      '>',
      '0',
      '1e999',
      '.nan',
      'null',
      '~',
      '__proto__',
      'constructor',
      '\u0000',
      '\ud800',
      '🙂',
    ],
  );
  const text = fc.oneof(
    fc
      .array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 60 })
      .map((words) => words.join('')),
    fc.json().map((json) => `relay: { token: \${T} }\ndevices: ${json}`),
    fc
      .array(word, { maxLength: 12 })
      .map((words) => `relay:\n  token: ${SECRET}\n  url: x\ndevices:\n  a: ${words.join('')}`),
  );

  it('gives a ConfigError or a config, and never shows a secret', () => {
    fc.assert(
      fc.property(text, (given) => {
        try {
          parse(given, { T: SECRET });
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          const { message, problems } = error as ConfigError;
          expect(message).not.toContain(SECRET);
          expect(message.split('\n')).toHaveLength(problems.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('where the running bridge of a config is', () => {
  const folderOf = (text: string, env = {}) => loadStateDir(file('state.yaml', text), context(env));

  it('can be told whatever is wrong with the rest', () => {
    expect(folderOf('bridge: { stateDir: /var/rig }')).toBe('/var/rig');
    expect(folderOf('bridge: { stateDir: /var/rig, nam: x }\ndevices: { a: { driver: linez } }')).toBe('/var/rig');
    expect(folderOf('bridge: { stateDir: ~/rig }\nlgo: {}')).toBe('/home/pi/rig');
    expect(folderOf('bridge: { stateDir: "${WHERE}" }\nlgo: {}', { WHERE: '/var/rig' })).toBe('/var/rig');
    expect(folderOf('lgo: {}')).toBe('/home/pi/.local/state/carter-bridge');
  });

  it.each(['bridge: { stateDir: here }', 'bridge: {', '- a', 'bridge: { stateDir: "${NOWHERE}" }'])(
    'is not guessed: %s',
    (text) => {
      expect(() => folderOf(text)).toThrow(ConfigError);
    },
  );
});
