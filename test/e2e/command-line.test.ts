import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Program, runProgram } from '../support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'carter-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

describe('the command line', () => {
  it('tells its version', async () => {
    const { code, out } = await runProgram(['--version']);
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect({ code, out }).toEqual({ code: 0, out: `${version}\n` });
  });

  it('lists its commands', async () => {
    const { code, out } = await runProgram(['--help']);
    expect(code).toBe(0);
    for (const command of ['run', 'bench', 'relay', 'devices', 'init', 'validate', 'layout', 'monitor', 'get', 'set']) {
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
  });

  it.each([
    [['benhc'], /unknown command 'benhc'[\s\S]*bench/],
    [['foo'], /unknown command 'foo'\n.*--help/],
    [['panel', '--viewer', '--revoke'], /'--revoke' cannot be used with option '--viewer'/],
    [['bench', '--config', 'x.yaml', '--boards', '2'], /'--boards <n>' cannot be used with option '--config <file>'/],
    [['bench', '--boards', 'many'], /whole number from 0 to 64/],
    [['relay', '--port', '99999'], /whole number from 0 to 65535/],
    [['get'], /missing required argument/],
    [['init', 'a.yaml', '--config', 'b.yaml'], /the file is named twice; leave `--config` out/],
    [['get', 'a.b.c'], /"a.b.c" is not DEVICE or DEVICE.POINT/],
    [['set', 'shed', 'on'], /"shed" is not DEVICE.POINT/],
    [['approve'], /either a device or `--window 2m`/],
    [['approve', 'shed', '--window', '2m'], /either a device or `--window 2m`/],
    [['approve', '--window', '11m'], /"11m" is no time up to 10m/],
  ])('refuses %j as wrong usage', async (args, text) => {
    const { code, err } = await runProgram(args);
    expect(err).toMatch(text);
    expect(code).toBe(2);
  });

  it.each([['run'], ['validate']])('names every problem of a config for %s, with its place', async (command) => {
    const path = file(
      'bad.yaml',
      [
        'devices:',
        '  meter:',
        '    driver: lines',
        '    port: /dev/ttyUSB0',
        '    baudrate: 9600',
        'publish: { maxHz: 500 }',
        'relay: { url: "ws://127.0.0.1:1", token: hunter2secret, extra: 1 }',
      ].join('\n'),
    );
    const { code, err } = await runProgram(command === 'run' ? ['run', '--config', path] : ['validate', path]);
    const lines = err
      .trim()
      .split('\n')
      .filter((line) => !line.includes('(warning)'));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe(`${path}:5:5 devices.meter.baudrate: unknown key \`baudrate\`; did you mean \`baud\`?`);
    expect(err).toContain(`${path}:6:19 publish.maxHz`);
    expect(err).toContain('unknown key `extra`');
    expect(err).not.toContain('hunter2secret');
    expect(code).toBe(78);
  });

  it.each([['run', '--config'], ['validate']])('says that a config is missing for %s', async (...args) => {
    const { code, err } = await runProgram([...args, join(folder, 'nowhere.yaml')]);
    expect(err).toMatch(/nowhere.yaml/);
    expect(code).toBe(1);
  });

  it('refuses a state folder whose path is too long for a socket', async () => {
    const stateDir = join(folder, 'x'.repeat(100));
    const config = file('long.yaml', `relay: { embedded: { port: 0 } }\nbridge: { stateDir: ${stateDir} }\n`);
    for (const args of [['run'], ['get', 'a'], ['monitor', 'a']]) {
      const { code, err } = await runProgram([...args, '--config', config]);
      expect(err).toMatch(/too long for a socket: .*; set a shorter bridge.stateDir \[control\/path\]/);
      expect(code).toBe(1);
    }
  });

  it('says where to look when no bridge runs', async () => {
    const { code, err } = await runProgram(['get', 'shed.temp', '--state-dir', folder]);
    expect(err).toMatch(/no bridge answers .*; start it with/);
    expect(code).toBe(1);
  });

  it.each([
    ['nowhere.jsonl', undefined, /there is no file .*nowhere.jsonl; `run --record FILE` makes one \[record\/missing\]/],
    ['.', undefined, /can't read .*\(EISDIR\); it is a folder \[record\/missing\]/],
    ['notes.jsonl', 'hello\n', /notes.jsonl is no recording; `run --record FILE` makes one \[record\/format\]/],
    ['empty.jsonl', '', /empty.jsonl is no recording; /],
  ])('says what is wrong with %s as a recording', async (name, text, problem) => {
    const path = text === undefined ? join(folder, name) : file(name, text);
    const { code, err } = await runProgram(['replay', path]);
    expect(err).toMatch(problem);
    expect(code).toBe(1);
  });

  it('says where to name devices: in the config that it was started with', async () => {
    const state = mkdtempSync(join(folder, 'state-'));
    const path = file(
      'none.yaml',
      `bridge: { stateDir: ${state} }\nrelay: { embedded: { port: 0 } }\ndiscover: false\n`,
    );
    const run = new Program(['run', '--config', path]);
    const [line] = await run.shows(/^no devices yet.*$/m);
    expect(line).toBe(`no devices yet: name devices in ${path}`);
    const lines = runProgram(['monitor', 'none', '--state-dir', state]);
    expect(await lines).toMatchObject({ code: 1, err: 'there is no device none; there are no devices\n' });
    expect(await run.stop()).toBe(0);
  });

  it('says why a device shows no lines', async () => {
    const state = mkdtempSync(join(folder, 'state-'));
    const path = file(
      'gone-lines.yaml',
      `bridge: { stateDir: ${state} }\nrelay: { embedded: { port: 0 } }\ndevices: { gone: { driver: lines, port: /dev/serial/by-id/none } }\n`,
    );
    const run = new Program(['run', '--config', path]);
    await run.shows(/^bridge /m);
    const monitor = new Program(['monitor', 'gone', '--config', path]);
    await monitor.shows(/^gone is offline; its lines follow once it is there; the log says more$/m);
    expect(await monitor.stop()).toBe(0);
    expect(await run.stop()).toBe(0);
  });

  it('examines the machine, for people and for programs', async () => {
    const state = ['--state-dir', folder];
    const { out, err } = await runProgram(['doctor', ...state]);
    expect(out).toMatch(/^ok {4}node {6}The native package serialport loads/m);
    expect(out).toMatch(/^hint {2}bridge {4}No bridge runs with the state folder/m);
    expect(out).toMatch(/\d+ ok, \d+ hints?, \d+ warnings?, (nothing|\d+) bad\n$/);
    expect(out).not.toContain('\u001b');
    expect(err).toBe('');
    const json = await runProgram(['doctor', '--json', ...state]);
    const { ok, findings } = JSON.parse(json.out);
    expect(json.code).toBe(ok ? 0 : 1);
    expect(findings).toContainEqual(expect.objectContaining({ check: 'time', level: 'ok' }));
  });

  it('finds a bad config, and a device that is not plugged in, and fails', async () => {
    const bad = file('bad-doctor.yaml', 'devices: { meter: { driver: nose } }\n');
    const wrong = await runProgram(['doctor', '--config', bad]);
    expect(wrong.out).toMatch(/^bad {3}config .*unknown driver `nose`/m);
    expect(wrong.code).toBe(1);
    const gone = file(
      'gone.yaml',
      `bridge: { stateDir: ${folder} }\ndevices: { meter: { driver: lines, port: /dev/serial/by-id/none } }\n`,
    );
    const { out, code } = await runProgram(['doctor', '--config', gone]);
    expect(out).toMatch(/^bad {3}ports {5}meter: \/dev\/serial\/by-id\/none does not exist\.$/m);
    expect(code).toBe(1);
  });

  it('prints the layout and the API of a config when no bridge runs', async () => {
    const points =
      '{ temp: { unit: °C, min: 0, max: 40 }, pump: { role: actuator, type: boolean, write: "P{value}" } }';
    const config = file(
      'layout.yaml',
      [
        `bridge: { name: house, stateDir: ${join(folder, 'none')} }`,
        'devices:',
        `  shed: { driver: lines, port: /dev/serial/by-id/x, points: ${points} }`,
        '  later: { driver: board, port: auto }',
      ].join('\n'),
    );
    const made = await runProgram(['layout', '--config', config]);
    expect(made.code).toBe(0);
    expect(made.err).toMatch(/nobody knows the points of: later/);
    const path = file('made.json', made.out);
    expect(await runProgram(['validate', path, '--config', config])).toMatchObject({ code: 0, err: '' });
    const { out } = await runProgram(['layout', '--config', config, '--contract']);
    expect(out).toMatch(/^# What `house` says and hears/);
    expect(out).toContain('{"msg_type":"house.cmd","dev":"shed","point":"pump","value":"{{value}}"}');
    const { out: json } = await runProgram(['layout', '--config', config, '--contract', '--json']);
    expect(JSON.parse(json)).toMatchObject({ namespace: 'house', points: [{ point: 'shed.temp', unit: '°C' }, {}] });
    expect((await runProgram(['layout', '--state-dir', folder])).code).toBe(1);
  });

  it.each([
    ['an argument', (path: string) => [path]],
    ['--config', (path: string) => ['--config', path]],
  ])('writes a first config that holds, named by %s, and never over another one', async (way, args) => {
    const path = join(folder, `first ${way.slice(0, 2)}.yaml`);
    const { code, out, err } = await runProgram(['init', ...args(path)]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`validate ${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await runProgram(['validate', path])).toMatchObject({ code: 0, err: '' });
    const text = readFileSync(path, 'utf8');
    const [, token = ''] = /^ {2}token: "([\w-]{43})"/m.exec(text) ?? [];
    expect(token).not.toBe('');
    expect(out).not.toContain(token);
    const again = await runProgram(['init', ...args(path)]);
    expect(again.err).toMatch(
      /there is .*first .*\.yaml already, which stays as it is; name another one, or move it away/,
    );
    expect(again.code).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect((await runProgram(['init', join(folder, 'none', 'b.yaml')])).err).toMatch(/ENOENT\); make its folder first/);
  });

  it('lists serial ports or says that there are none', async () => {
    const { code, out } = await runProgram(['devices']);
    expect(out).toMatch(/\/dev\/tty|no serial ports found/);
    expect(out).toMatch(/^GPIO: (this kernel has|the optional package|onoff is) .*\n$/m);
    expect(code).toBe(0);
  });
});
