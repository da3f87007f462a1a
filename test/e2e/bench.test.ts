import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { connectPhone } from '../support/phone.js';
import { Program, runProgram } from '../support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'carter-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('bench', () => {
  it('shows live values, serves phones and the command line, and ends in order', async () => {
    const bench = new Program(['bench', '--port', '0', '--boards', '2']);
    const [, url = ''] = await bench.shows(/(ws:\/\/127\.0\.0\.1:\d+)/);
    const [, stateDir = ''] = await bench.shows(/--state-dir (\S+)/);
    await bench.shows(/board1 \(online\) {2}temp=-?[\d.]+ °C .*board2 \(online\)/s);

    const phone = await connectPhone({ url, name: 'anna', channel: 'home' });
    phone.send({ msg_type: 'control_sync_request', from: 'anna' });
    const full = await phone.waitFor((frame) => frame['msg_type'] === 'bench.state' && frame['_full'] === true);
    expect(full).toMatchObject({ board1: { temp: expect.any(Number) }, board2: { pump: false } });
    const id = phone.command({ msg_type: 'bench.cmd', dev: 'board1', point: 'pump', value: true });
    expect(await phone.waitFor((frame) => frame['cmd_id'] === id)).toMatchObject({ ok: true, value: true });

    const got = await runProgram(['get', 'board1.pump', '--state-dir', stateDir]);
    expect(got.out).toMatch(/^board1\.pump\ttrue\tgood\t[\d.]+ s ago\n$/);
    const set = await runProgram(['set', 'board1.pump', 'off', '--state-dir', stateDir]);
    expect({ code: set.code, out: set.out }).toEqual({ code: 0, out: 'board1.pump\tfalse\tconfirmed\n' });
    const refused = await runProgram(['set', 'board1.fan', '7', '--state-dir', stateDir]);
    expect(refused.err).toMatch(/board1\.fan: refused: step: /);
    expect(refused.code).toBe(1);
    const unknown = await runProgram(['get', 'board9', '--state-dir', stateDir]);
    expect(unknown.err).toBe('there is no device board9; known: board1, board2\n');

    const doctor = await runProgram(['doctor', '--json', '--state-dir', stateDir]);
    const texts = JSON.parse(doctor.out).findings.map(({ text }: { text: string }) => text);
    expect(texts).toContain('board2 is online.');
    expect(texts).toContainEqual(expect.stringContaining(`runs (pid ${bench.child.pid}, for`));

    const layout = await runProgram(['layout', '--state-dir', stateDir]);
    expect(JSON.parse(layout.out)).toMatchObject({ tabs: [{ title: 'Overview' }, { title: 'board1' }, {}, {}] });

    const monitor = new Program(['monitor', 'board2', '--state-dir', stateDir]);
    await monitor.shows(/^< .*temp/m);
    expect(await monitor.stop()).toBe(0);
    const readings = new Program(['monitor', 'board2.temp', '--state-dir', stateDir]);
    await readings.shows(/^(-?[\d.]+ °C\tgood\n){3}/);
    expect(await readings.stop()).toBe(0);
    const nothing = await runProgram(['monitor', 'board2.tmp', '--state-dir', stateDir]);
    expect(nothing.err).toMatch(/^board2 has no point tmp; known: temp, /);
    expect(nothing.code).toBe(1);

    const second = await runProgram(['bench', '--port', new URL(url).port]);
    expect(second.err).toMatch(/port \d+/);
    expect(second.code).toBe(1);

    expect(await bench.stop('SIGTERM')).toBe(0);
    expect(await phone.closed).toMatchObject({ code: 1001 });
    expect(phone.frames('bench.health').at(-1)).toMatchObject({ board1: 'offline', bridge: 'offline' });
    expect(bench.err).toBe('');
  }, 40_000);

  it('runs the real firmware of a board in an emulator, with life at its inputs, and switches its outputs', async () => {
    const bench = new Program(['bench', '--port', '0']);
    await bench.shows(/board {6}greenhouse on \S+: an Arduino Uno, emulated, with its real firmware/);
    await bench.shows(/board {6}board2 on \S+: simulated/);
    const [, stateDir = ''] = await bench.shows(/set greenhouse\.pump on --state-dir (\S+)/);
    const [, temp = ''] = await bench.shows(/greenhouse \(online\) .*temp=(-?[\d.]+) °C/);
    const set = await runProgram(['set', 'greenhouse.pump', 'on', '--state-dir', stateDir]);
    expect({ code: set.code, out: set.out }).toEqual({ code: 0, out: 'greenhouse.pump\ttrue\tconfirmed\n' });
    await bench.shows(/greenhouse \(online\) .*pump=true/);
    const monitor = new Program(['monitor', 'greenhouse', '--state-dir', stateDir]);
    await monitor.shows(/^< \d+ reading .*\*[0-9A-F]{8}$/m);
    expect(await monitor.stop()).toBe(0);
    await bench.shows(new RegExp(`temp=(?!${temp.replace('.', '\\.')} )-?[\\d.]+ °C`), 15_000);
    expect(await bench.stop()).toBe(0);
    expect(bench.err).toBe('');
  }, 40_000);

  it('makes a serial port for a program of the user’s own', async () => {
    const path = join(folder, 'my-port');
    const bench = new Program(['bench', '--port', '0', '--pty', path]);
    await bench.shows(/your port/);
    const script = spawn('sh', ['-c', `while sleep 0.1; do echo "level=7 state=on"; done > ${path}`]);
    await bench.shows(/script \(online\) .*level=7/);
    script.kill();
    expect(await bench.stop()).toBe(0);
  }, 30_000);

  it('simulates the devices of a config', async () => {
    const config = join(folder, 'bridge.yaml');
    writeFileSync(
      config,
      'bridge: { name: garage }\ndevices:\n  meter: { driver: lines, port: /dev/ttyUSB7, format: json, points: { volts: { unit: V } } }\n',
    );
    const bench = new Program(['bench', '--port', '0', '--config', config]);
    await bench.shows(/meter \(online\) {2}volts=-?[\d.]+ V/);
    expect(await bench.stop()).toBe(0);
  }, 30_000);

  it('simulates devices that have no wire', async () => {
    const config = join(import.meta.dirname, '../../scripts/examples/w1.yaml');
    const bench = new Program(['bench', '--port', '0', '--config', config]);
    await bench.shows(/climate \(online\) {2}cellar=\d+\.?\d* °C .*boiler=\d+\.?\d* °C/);
    const [, folder = ''] = await bench.shows(/climate on (\S+): simulated/);
    const [, stateDir = ''] = await bench.shows(/--state-dir (\S+)/);
    const got = await runProgram(['get', 'climate.cellar', '--state-dir', stateDir]);
    expect(got.out).toMatch(/^climate\.cellar\t\d+(\.\d+)? °C\tgood\t/);
    expect(existsSync(folder)).toBe(true);
    expect(await bench.stop()).toBe(0);
    expect(existsSync(folder)).toBe(false);
    expect(bench.err).toBe('');
  }, 30_000);
});

describe('bench without a board', () => {
  it('simulates the pins of a config', async () => {
    const bench = new Program(['bench', '--port', '0', '--config', 'scripts/examples/gpio.yaml']);
    const [, stateDir = ''] = await bench.shows(/--state-dir (\S+)/);
    await bench.shows(/pins: simulated pins and what is wired to them/);
    await bench.shows(/pins \(online\) {2}door=false .*lamp=false/);
    const set = await runProgram(['set', 'pins.lamp', 'on', '--state-dir', stateDir]);
    expect(set.out).toBe('pins.lamp\ttrue\tconfirmed\n');
    expect(await bench.stop()).toBe(0);
    expect(bench.err).toBe('');
  }, 30_000);
});

describe('safe', () => {
  it('says what it is for, and has nothing to do where no process left anything on', async () => {
    const { code, out, err } = await runProgram(['safe', '--config', 'scripts/examples/gpio.yaml']);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: '' });
    expect((await runProgram(['safe'])).code).toBe(2);
  });
});

describe('run', () => {
  it('bridges a real port to a relay, and makes outputs safe when it is stopped', async () => {
    const path = join(folder, 'port');
    const relay = new Program(['relay', '--port', '0']);
    const [, url = ''] = await relay.shows(/(ws:\/\/127\.0\.0\.1:\d+)/);
    const cable = new Program(['bench', '--port', '0', '--pty', path]);
    await cable.shows(/your port/);
    const config = join(folder, 'run.yaml');
    writeFileSync(
      config,
      `bridge: { name: house, stateDir: ${join(folder, 'state')} }
relay: { url: "${url}", allowOpenRelay: true }
devices:
  lamp: { driver: lines, port: ${path}, boot: 100ms, points: { on: { role: actuator, type: boolean, write: "LAMP {value:on|off}", confirm: assume } } }
`,
    );
    const house = new Program(['run', '--config', config]);
    await house.shows(/bridge house on/);
    const phone = await connectPhone({ url, name: 'anna', channel: 'home' });
    await phone.waitFor((frame) => (frame['lamp'] as { on?: unknown } | undefined)?.on === false, 8_000);
    const id = phone.command({ msg_type: 'house.cmd', dev: 'lamp', point: 'on', value: true });
    expect(await phone.waitFor((frame) => frame['cmd_id'] === id)).toMatchObject({ ok: true, value: true });
    const again = await runProgram(['run', '--config', config]);
    expect(again.err).toMatch(/another bridge runs with the state folder/);
    const began = performance.now();
    expect(await house.stop('SIGTERM')).toBe(0);
    expect(performance.now() - began).toBeLessThan(2_500);
    const states = phone.frames('house.state').filter((frame) => 'lamp' in frame);
    expect(states.map((frame) => (frame['lamp'] as { on: unknown }).on)).toContain(false);
    expect(phone.frames('house.health').at(-1)).toMatchObject({ lamp: 'offline', bridge: 'offline' });
    await phone.close();
    expect(await cable.stop()).toBe(0);
    expect(await relay.stop()).toBe(0);
  }, 40_000);
});
