import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { silentLog } from '../../src/log.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { createVirtualPort } from '../../src/port/virtual-port.js';
import { EmbeddedRelay } from '../../src/relay/relay.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { NotifyReceiver } from '../support/notify-receiver.js';
import { connectPhone, type Phone } from '../support/phone.js';
import { MAIN, Program, runProgram } from '../support/program.js';
import { RigBoard, SKETCH } from '../support/rig.js';

interface LogLine {
  readonly level: string;
  readonly device?: string;
  readonly msg: string;
}

let folder: string;
let config: string;
let sections: JsonObject;
let boards: { shed: RigBoard; porch: RigBoard };
let bridge: Program;
let manager: NotifyReceiver;
let phone: Phone;

const lines = () =>
  bridge.err
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LogLine);
const said = (pattern: RegExp, device?: string) =>
  lines().filter((line) => pattern.test(line.msg) && (device === undefined || line.device === device)).length;

function device(id: 'shed' | 'porch', points: JsonObject = {}): JsonObject {
  return { ...SKETCH, port: join(folder, id), points: { ...SKETCH.points, ...points } };
}

function write(changes: JsonObject = {}): void {
  sections = { ...sections, ...changes };
  // Whole or not at all, as an earlier signal may still be answered.
  writeFileSync(`${config}.new`, stringify(sections));
  renameSync(`${config}.new`, config);
}

/** Writes other sections and asks for them; resolves once the bridge is done with that, and has said so everywhere. */
async function reload(changes: JsonObject): Promise<void> {
  const ready = () => manager.messages.filter((message) => message.startsWith('READY=1')).length;
  const told = () => said(/^the config (was|says)/);
  const before = { ready: ready(), told: told() };
  write(changes);
  bridge.child.kill('SIGHUP');
  await eventually(ready).toBe(before.ready + 1);
  await eventually(told).toBe(before.told + 1);
}

async function tap(dev: string, point: string, value: unknown, by = phone): Promise<JsonObject> {
  const id = by.command({ msg_type: 'house.cmd', dev, point, value });
  return await by.waitFor((frame) => frame['cmd_id'] === id);
}

/** A port that was free just now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carter-reload-'));
  config = join(folder, 'bridge.yaml');
  mkdirSync(join(folder, 'state'));
  manager = new NotifyReceiver(join(folder, 'notify'));
  sections = {
    bridge: { name: 'house', namespace: 'house', stateDir: join(folder, 'state') },
    relay: { embedded: { port: 0, host: '127.0.0.1' }, channel: 'home' },
    discover: false,
  };
  boards = {
    shed: RigBoard.simulating(join(folder, 'shed'), SKETCH, 1),
    porch: RigBoard.simulating(join(folder, 'porch'), SKETCH, 2),
  };
  for (const board of Object.values(boards)) board.plug();
  write({ devices: { shed: device('shed'), porch: device('porch') } });
  bridge = new Program(['run', '--config', config], { NOTIFY_SOCKET: manager.path });
  const [, url = ''] = await bridge.shows(/bridge house on (\S+),/);
  phone = await connectPhone({ url, name: 'anna', channel: 'home' });
  await eventually(() => said(/^connected$/)).toBe(2);
  await eventually(() => manager.messages).toContain('READY=1');
  for (const dev of ['shed', 'porch']) expect(await tap(dev, 'pump', true)).toMatchObject({ ok: true });
});

afterEach(async () => {
  await phone.close();
  expect(await bridge.stop()).toBe(0);
  for (const board of Object.values(boards)) board.pull();
  manager.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a config that is read anew on SIGHUP', () => {
  it('restarts the device whose entry changed, its outputs safe, and no other', async () => {
    const { shed, porch } = boards;
    await reload({ devices: { shed: device('shed'), porch: device('porch', { temp: { unit: 'K' } }) } });
    expect(manager.messages.filter((message) => /RELOADING|READY/.test(message))).toEqual([
      'READY=1',
      'RELOADING=1\nSTATUS=reading the config',
      'READY=1\nSTATUS=the config was taken',
    ]);
    await eventually(() => said(/^connected$/, 'porch')).toBe(2);
    expect(said(/^connected$/, 'shed')).toBe(1);
    expect([shed.simulator.output('pump'), porch.simulator.output('pump')]).toEqual([true, false]);
    expect(await tap('porch', 'pump', true)).toMatchObject({ ok: true });
    expect(await tap('shed', 'fan', 20)).toMatchObject({ ok: true });
  });

  it('closes a device that is gone, safe, and opens one that is new', async () => {
    await reload({ devices: { porch: device('porch') } });
    expect(boards.shed.simulator.output('pump')).toBe(false);
    await phone.waitFor((frame) => frame['msg_type'] === 'house.health' && frame['shed'] === 'offline');
    await reload({ devices: { porch: device('porch'), hut: device('shed') } });
    await phone.waitFor((frame) => frame['msg_type'] === 'house.health' && frame['hut'] === 'online');
    expect(said(/^connected$/, 'porch')).toBe(1);
    expect(boards.porch.simulator.output('pump')).toBe(true);
  });

  it('is the last one, however fast they come', async () => {
    for (let n = 0; n < 20; n++) {
      write({
        devices: {
          shed: device('shed'),
          ...(n % 3 === 0 ? {} : { porch: device('porch', { temp: { unit: `${n}` } }) }),
        },
      });
      bridge.child.kill('SIGHUP');
      await new Promise((resolve) => setTimeout(resolve, 20 * (n % 4)));
    }
    write({ devices: { shed: device('shed'), porch: device('porch') } });
    // Until it reads what it has taken already.
    const told = () => lines().filter(({ msg }) => /^the config (was|says)/.test(msg));
    for (let news = true; news; news = told().at(-1)?.msg !== 'the config says nothing new') {
      const before = told().length;
      bridge.child.kill('SIGHUP');
      await eventually(() => told().length).toBeGreaterThan(before);
    }
    const on = () => tap('porch', 'pump', true);
    await expect.poll(on, { interval: 250, timeout: 10_000 }).toMatchObject({ ok: true });
    expect(boards.porch.simulator.output('pump')).toBe(true);
    expect(boards.shed.simulator.output('pump')).toBe(true);
    expect(said(/^connected$/, 'shed')).toBe(1);
    expect(lines().filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('is refused whole where something in it is wrong', async () => {
    await reload({ publish: { maxHz: 'often' }, devices: { porch: device('porch') } });
    expect(lines().filter(({ level }) => level === 'error')).toMatchObject([
      { msg: expect.stringMatching(/bridge\.yaml:\d+:\d+ publish\.maxHz: /) },
      { msg: 'the config was not taken; the bridge goes on with the one that it has' },
    ]);
    expect(manager.messages.at(-1)).toContain('READY=1\nSTATUS=the config was not taken');
    await reload({ publish: {}, bridge: { ...(sections['bridge'] as JsonObject), namespace: 'home' } });
    expect(said(/^bridge\.namespace can't be changed while the bridge runs; restart it, or write `house` again$/)).toBe(
      1,
    );
    expect([boards.shed.simulator.output('pump'), boards.porch.simulator.output('pump')]).toEqual([true, true]);
    expect(await tap('shed', 'fan', 20)).toMatchObject({ ok: true });
    expect(said(/^connected$/)).toBe(2);
  });

  it('changes pace, roles and interlocks without touching devices or the connection', async () => {
    const gone: number[] = [];
    void phone.closed.then(({ code }) => gone.push(code));
    await reload({
      publish: { trend: '250ms' },
      safety: { interlocks: [['shed.pump', 'porch.pump']] },
      security: { phones: { anna: 'operator', bert: 'viewer' } },
    });
    const before = phone.broadcasts.length;
    await eventually(
      () => phone.broadcasts.slice(before).filter((f) => f['msg_type'] === 'house.trend').length,
    ).toBeGreaterThan(4);
    expect(await tap('shed', 'pump', false)).toMatchObject({ ok: true });
    expect(await tap('shed', 'pump', true)).toMatchObject({ ok: false, code: 'interlock' });
    await reload({ security: { defaultRole: 'viewer' } });
    expect(await tap('shed', 'fan', 30)).toMatchObject({ ok: false, code: 'role' });
    expect(said(/^connected$/)).toBe(2);
    expect(gone).toEqual([]);
  });

  it('opens, moves and closes the metrics, and has notices sent', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const health = async (port: number) => await fetch(`http://127.0.0.1:${port}/health`).then(({ status }) => status);
    await reload({ metrics: { port: first } });
    expect(await health(first)).toBe(200);
    await reload({ metrics: { port: second } });
    expect(await health(second)).toBe(200);
    await expect(health(first)).rejects.toThrow();
    const notices: unknown[] = [];
    const service = createHttpServer((request, response) => {
      request.on('data', (text) => notices.push(JSON.parse(String(text)).body));
      request.on('end', () => response.end('{"sent":1,"stale":0}'));
    });
    onTestFinished(() => void service.close());
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const { port } = service.address() as AddressInfo;
    const alarms = [{ when: 'porch.pump', text: 'the pump runs' }];
    write({ metrics: undefined });
    await reload({ notify: { service: `http://127.0.0.1:${port}`, token: 'jwt', alarms } });
    await expect(health(second)).rejects.toThrow();
    expect(await tap('porch', 'pump', false)).toMatchObject({ ok: true });
    expect(await tap('porch', 'pump', true)).toMatchObject({ ok: true });
    await eventually(() => notices).toContain('the pump runs');
    expect(said(/^connected$/)).toBe(2);
  });

  it('keeps other things than before over a restart', async () => {
    const values = join(folder, 'state', 'values.json');
    await reload({ persist: { values: true } });
    await eventually(() => existsSync(values)).toBe(true);
    expect(JSON.parse(readFileSync(values, 'utf8')).points).toMatchObject({ 'shed.pump': { value: true } });
    await reload({ persist: {} });
    expect(await tap('shed', 'fan', 20)).toMatchObject({ ok: true });
    // What was known at the reload may still be on its way to the disk.
    expect(JSON.parse(readFileSync(values, 'utf8')).points['shed.fan']?.value).not.toBe(20);
    expect(said(/^connected$/)).toBe(2);
  });

  it('follows another layout and other formulas', async () => {
    const layout = (msg_type: string) => {
      const sync = [{ filter: { msg_type }, valuePath: 'v' }];
      const children = [{ type: 'gauge', id: 'warmth', position: [0, 0], min: 0, max: 50, sync }];
      const tabs = [{ title: 'A', icon: 'house', grid: { columns: 4, rows: 8 }, children }];
      writeFileSync(join(folder, 'my.json'), JSON.stringify({ name: 'Mine', version: 1, tabs }));
    };
    layout('mine.warm');
    await reload({ layout: { file: 'my.json', bindings: { warmth: 'shed.temp' } } });
    await phone.waitFor(({ msg_type, v }) => msg_type === 'mine.warm' && typeof v === 'number');
    layout('mine.other');
    await reload({});
    await phone.waitFor(({ msg_type, v }) => msg_type === 'mine.other' && typeof v === 'number');
    await reload({ derived: { sum: 'shed.temp + porch.temp' } });
    const derived = ({ msg_type, derived }: JsonObject) =>
      msg_type === 'house.state' && (derived as JsonObject | undefined)?.['sum'];
    await phone.waitFor((frame) => typeof derived(frame) === 'number');
    await reload({ derived: {} });
    await phone.waitFor((frame) => derived(frame) === null);
    expect(said(/^connected$/)).toBe(2);
  });

  it('moves to another relay, and leaves word on the old one', async () => {
    const relay = new EmbeddedRelay({ host: '127.0.0.1', port: 0, clock: systemClock(), log: silentLog });
    const { url } = await relay.start();
    onTestFinished(() => relay.stop());
    const place = { url, allowOpenRelay: true };
    await reload({ relay: { ...place, channel: 'home' } });
    phone = await connectPhone({ url, name: 'anna', channel: 'home' });
    phone.send({ msg_type: 'control_sync_request', from: 'anna' });
    await phone.waitFor(({ msg_type, shed }) => msg_type === 'house.health' && shed === 'online');
    const neighbour = await connectPhone({ url, name: 'bert', channel: 'garden' });
    onTestFinished(() => neighbour.close());
    await reload({ relay: { ...place, channel: 'garden' } });
    await phone.waitFor(({ msg_type, bridge }) => msg_type === 'house.health' && bridge === 'offline');
    await neighbour.waitFor(({ msg_type, _full }) => msg_type === 'house.state' && _full === true);
    await neighbour.waitFor(({ msg_type, bridge }) => msg_type === 'house.health' && bridge === 'online');
    expect(await tap('shed', 'fan', 20, neighbour)).toMatchObject({ ok: true });
    expect(said(/^connected$/)).toBe(2);
  });

  it('goes on where the relay of the config can not be had', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    await reload({ relay: { embedded: { port, host: '127.0.0.1' }, channel: 'home' } });
    expect(said(/the config was not taken/)).toBe(1);
    // Our own is at another port, and nobody was sent away from it.
    expect(await tap('shed', 'fan', 20)).toMatchObject({ ok: true });
    expect(said(/the relay welcomed us/)).toBe(1);
    await reload({ relay: { embedded: { port: 0, host: '127.0.0.1' }, channel: 'attic' } });
    expect(said(/^the config was taken$/)).toBe(1);
    await eventually(() => said(/the relay welcomed us/)).toBe(2);
    expect(said(/^connected$/)).toBe(2);
  });

  it('is read once more where the signal came while the bridge began', async () => {
    const [own, hut] = [join(folder, 'own.yaml'), { driver: 'lines', port: '/dev/ttyUSB99' }];
    const place = { name: 'hut', stateDir: join(folder, 'own') };
    const relay = { embedded: { port: 0, host: '127.0.0.1', tls: true } };
    writeFileSync(own, stringify({ ...sections, bridge: place, relay, devices: { hut } }));
    const program = new Program(['run', '--config', own]);
    onTestFinished(() => void program.child.kill('SIGKILL'));
    await program.shows(/can move to another board/);
    program.child.kill('SIGHUP');
    await program.shows(/bridge hut on/);
    await program.shows(/the config says nothing new/);
    expect(await program.stop()).toBe(0);
  });

  it('ends with the terminal that it was started in, and is read anew for a signal alone', async () => {
    const terminal = createVirtualPort({ link: join(folder, 'terminal') });
    const keyboard = openSync(terminal.path, 'r+');
    const own = join(folder, 'own.yaml');
    const place = { name: 'hut', stateDir: join(folder, 'own') };
    const hut = RigBoard.simulating(join(folder, 'hut'), SKETCH, 3);
    hut.plug();
    writeFileSync(
      own,
      stringify({ ...sections, bridge: place, devices: { hut: { ...SKETCH, port: join(folder, 'hut') } } }),
    );
    const child = spawn('setsid', ['--ctty', process.execPath, MAIN, 'run', '--config', own], {
      stdio: [keyboard, 'pipe', 'pipe'],
    });
    let text = '';
    child.stderr?.on('data', (chunk) => {
      text += String(chunk);
    });
    await eventually(() => text).toContain('"connected"');
    child.kill('SIGHUP');
    await eventually(() => text).toContain('the config says nothing new');
    closeSync(keyboard);
    terminal.close();
    // Not by its code: Node.js fails an assertion of its own when it leaves a terminal that is gone.
    await once(child, 'close');
    expect(text).toContain('"stopping"');
    hut.pull();
  });

  it('opens, moves and closes the panel', async () => {
    await reload({ panel: { port: 0 } });
    await bridge.shows(/panel at http:/);
    const link = (await runProgram(['panel', '--config', config])).out.trim();
    expect((await fetch(link)).status).toBe(200);
    await reload({ panel: undefined });
    await expect(fetch(link)).rejects.toThrow();
    expect(said(/^connected$/)).toBe(2);
  });
});
