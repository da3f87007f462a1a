import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import { drivers } from '../../devices/index.js';
import { linesKind } from '../../devices/lines/kind.js';
import { LinesSimulator } from '../../devices/lines/simulator.js';
import { w1Kind } from '../../devices/w1/kind.js';
import { W1Simulator } from '../../devices/w1/simulator.js';
import { Bridge } from '../../src/bridge.js';
import { loadConfig, parseConfig } from '../../src/config/load.js';
import type { Config, DeviceConfig } from '../../src/config/schema.js';
import type { Simulator, SimulatorPort } from '../../src/device/driver-kind.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import { BridgeError } from '../../src/error.js';
import { type Log, silentLog } from '../../src/log.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import type { Ports } from '../../src/port/ports.js';
import { configFromJson, configToJson } from '../../src/record/recorded-config.js';
import { recordedFiles } from '../../src/record/recorded-files.js';
import { recordedPorts } from '../../src/record/recorded-ports.js';
import { recordedSeat } from '../../src/record/recorded-seat.js';
import { Recorder } from '../../src/record/recorder.js';
import { entryLine, headLine, type RelayFrame, readRecording } from '../../src/record/recording.js';
import { replay } from '../../src/record/replay.js';
import { ReplayedSeat } from '../../src/record/replayed-seat.js';
import { FakeFiles } from '../support/fake-files.js';
import { FakePort } from '../support/fake-line.js';
import { noPins } from '../support/no-pins.js';
import { SKETCH } from '../support/rig.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** What bytes take on their way, so that nothing of a device falls into the same moment as a timer of the bridge. */
const CABLE_MS = 0.37;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carter-record-'));
  file = join(folder, 'a.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A cable between a simulated device and a port. */
function wire(port: FakePort, device: Simulator, clock: VirtualClock): void {
  const cable: SimulatorPort = {
    send: (bytes) => void clock.after(CABLE_MS, () => port.send(Buffer.from(bytes, 'latin1'))),
    receive: () => {},
  };
  port.onWrite = (line) => cable.receive(`${line}\n`);
  device.plug(cable);
}

const EXAMPLES = join(import.meta.dirname, '../../scripts/examples');
const context = { drivers, env: {}, homeDir: '/home/pi', hostname: 'pi' };
const parsed = () => parseConfig({ path: 'a', text, shared: false }, context).config;
const text = JSON.stringify({
  bridge: { name: 'house', namespace: 'house' },
  relay: { url: 'ws://10.0.0.7:8765', token: 'hunter2hunter2', channel: 'home' },
  devices: {
    attic: { driver: 'w1', root: '/fake' },
    uno: { driver: 'board', port: '/dev/uno' },
    sketch: {
      ...SKETCH,
      port: '/dev/sketch',
      points: { ...SKETCH.points, temp: { unit: '°C', filters: [{ median: 3 }] } },
    },
  },
  derived: { sum: 'uno.temp + sketch.temp' },
  publish: { keyframe: '7s', trend: '1300ms' },
  discover: false,
});

/** A bridge on a bench of simulated devices, in virtual time, recorded: what it said, and when. */
async function record(limit = 64e6, log: Log = silentLog, config = parsed()) {
  const clock = new VirtualClock();
  const head = {
    version: '1.0.0',
    wall: clock.wall(),
    seed: 7,
    source: 'nonce',
    openRelay: false,
    remembered: {},
    config,
  };
  const recorder = await Recorder.begin({ path: file, limit, clock, log }, head);
  const cables = new Map(['/dev/uno', '/dev/sketch'].map((path) => [path, new FakePort(clock)]));
  const uno = new BoardSimulator(clock, 1);
  const sketch = new LinesSimulator(
    linesKind.options.parse({ ...without(SKETCH, 'driver'), port: '/dev/sketch' }),
    clock,
    2,
  );
  const cable = (path: unknown) => cables.get(String(path)) as FakePort;
  let wake = () => {};
  const ports: Ports = {
    open: async (options, handlers, signal) => {
      const link = await cable(options.port).open(options, handlers, signal);
      // All fake ports have one name; a machine's have one each.
      return {
        path: String(options.port),
        ended: link.ended,
        write: (line) => link.write(line),
        close: () => link.close(),
      };
    },
    watch: (port, listener) => {
      if (port === '/dev/uno') wake = listener;
      return () => {};
    },
    resolve: String,
    list: () => [{ path: '/dev/uno', usb: { vendorId: '1a86', productId: '7523' } }],
    nodeOf: String,
    holders: async () => [],
    watchList: () => () => {},
  };
  const files = new FakeFiles(clock);
  const attic = new W1Simulator(w1Kind.options.parse({ root: '/fake' }), clock, 3);
  attic.plug(files);
  const frames: [number, RelayFrame][] = [];
  const relay = new ReplayedSeat((frame) => void frames.push([clock.now(), frame]));
  const bridge = new Bridge({
    config: { ...config, bridge: { ...config.bridge, stateDir: join(folder, 'state') } },
    relayUrl: 'ws://10.0.0.7:8765',
    token: 'hunter2hunter2',
    openRelay: false,
    drivers,
    version: '1.0.0',
    hostname: 'pi',
    clock,
    random: seededRandom(7),
    log: silentLog,
    ports: recordedPorts(ports, recorder),
    pairing: { ok: false, message: '' },
    pins: () => noPins,
    files: recordedFiles({ reader: () => (path, signal) => files.read(path, signal) }, recorder),
    source: 'nonce',
    seat: recordedSeat(recorder, 'nonce', relay.make),
  });
  wire(cable('/dev/uno'), uno, clock);
  wire(cable('/dev/sketch'), sketch, clock);
  await bridge.start();
  await clock.advance(3.1);
  relay.receive({ type: 'welcome', relayId: 'r1' });
  const tap = (cmd: string, dev: string, point: string, value: unknown): void =>
    relay.receive({
      type: 'broadcast',
      payload: { msg_type: 'house.cmd', dev, point, value, _cmd: cmd, _from: 'anna' },
    });
  return { clock, bridge, recorder, relay, frames, attic, uno, sketch, cable, tap, wake: () => wake() };
}

/** Stops the bridge, ends its recording, and takes the devices away. */
async function end({ clock, bridge, recorder, attic, uno, sketch }: Awaited<ReturnType<typeof record>>) {
  const stopped = bridge.stop();
  await clock.advance(2_000);
  await stopped;
  await recorder.close();
  uno.unplug();
  sketch.unplug();
  attic.unplug();
}

/** A quarter of a minute with everything in it. */
async function live() {
  const parts = await record();
  const { clock, bridge, recorder, relay, frames, uno, cable, tap, wake } = parts;
  await clock.advance(4_003.3);
  tap('1', 'uno', 'pump', true);
  tap('2', 'sketch', 'fan', 40);
  await clock.advance(1_200.7);
  tap('3', 'sketch', 'fan', 400);
  uno.garble(0.3);
  cable('/dev/sketch').send(Buffer.from([0xff, 0x00, 0x0a, 0x41]));
  await clock.advance(2_000.1);
  uno.garble(0);
  cable('/dev/uno').refuse(new BridgeError('port/missing', 'unplugged'));
  cable('/dev/uno').vanish();
  await clock.advance(3_300.9);
  cable('/dev/uno').refuse();
  uno.reset();
  wake();
  relay.receive({ type: 'closed' });
  await clock.advance(900.3);
  relay.receive({ type: 'welcome', relayId: 'r2' });
  relay.receive({ type: 'request', id: 1, request: 'house.get_state', payload: null });
  tap('4', 'uno', 'pump', true);
  await clock.advance(2_000.9);
  relay.receive({ type: 'broadcast', payload: { msg_type: 'house.estop', _cmd: '5', _from: 'anna' } });
  // The disk takes real time, which is none here.
  await bridge.memory.latch.settled();
  await clock.advance(1_000.9);
  recorder.note({ bridge: 'stop' });
  await end(parts);
  return frames;
}

async function lived(): Promise<{ lines: string[]; result: Awaited<ReturnType<typeof replay>> }> {
  const lines: string[] = [];
  const stateDir = mkdtempSync(join(folder, 'replay-'));
  const result = await replay({
    recording: readRecording(file),
    drivers,
    stateDir,
    log: silentLog,
    out: (line) => lines.push(line),
    pace: () => undefined,
    signal: new AbortController().signal,
  });
  return { lines, result };
}

describe('a recording', () => {
  it('gives what was said then, each time, to the millisecond', async () => {
    const then = await live();
    const first = await lived();
    expect((await lived()).lines).toEqual(first.lines);
    const said = first.lines.map((line) => JSON.parse(line) as JsonObject).filter(({ relay }) => relay !== undefined);
    expect(said.map(({ t, frame }) => [t, frame])).toEqual(then.map(([t, frame]) => [t, plain(frame)]));
    const { frames, writes } = first.result;
    expect(frames).toMatchObject({ now: then.length, before: then.length, same: then.length });
    expect(writes.same).toBe(writes.before);
    expect(writes.now).toBe(writes.before);
    const acks = then.map(([, { payload }]) => payload as JsonObject).filter(({ cmd_id }) => cmd_id !== undefined);
    expect(acks.map(({ cmd_id, ok }) => `${cmd_id} ${ok}`)).toEqual([
      '2 true',
      '1 true',
      '3 false',
      '4 true',
      '5 true',
    ]);
    expect(readRecording(file).entries.filter((entry) => 'open' in entry).length).toBeGreaterThan(2);
    expect(first.lines.filter((line) => line.includes('"reading":"attic.')).length).toBeGreaterThan(2);
  });

  it('has the boards that were found, and configs that were taken meanwhile', async () => {
    const found = { ...parsed(), devices: new Map<string, DeviceConfig>(), derived: new Map(), discover: true };
    const { clock, bridge, recorder, relay, frames, uno, sketch } = await record(64e6, silentLog, found);
    await clock.advance(4_000.3);
    expect(bridge.store.health('board1')).toBe('unapproved');
    const take = async (config: Config) => {
      const taken = { ...config, bridge: { ...config.bridge, stateDir: join(folder, 'state') } };
      recorder.note({ config, openRelay: false });
      const place = {
        relayUrl: 'ws://10.0.0.7:8765',
        token: 'hunter2hunter2',
        pairing: { ok: false, message: '' },
      } as const;
      const reloaded = bridge.reload({ ...place, config: taken, openRelay: false });
      await clock.advance(3_000.3);
      await reloaded;
    };
    await take({ ...parsed(), publish: { maxHz: 2, keyframe: 5_000, trend: 1_000 } });
    expect(bridge.store.devices().sort()).toEqual(['attic', 'derived', 'sketch', 'uno']);
    expect(bridge.store.health('uno')).toBe('online');
    expect(bridge.store.health('sketch')).toBe('online');
    relay.receive({ type: 'closed' });
    await clock.advance(1_000.3);
    await recorder.close();
    const heard = frames.length;
    const stopped = bridge.stop();
    await clock.advance(2_000);
    await stopped;
    uno.unplug();
    sketch.unplug();
    const said = (await lived()).lines.map((line) => JSON.parse(line) as JsonObject).filter((line) => 'relay' in line);
    expect(said.map(({ t, frame }) => [t, frame])).toEqual(
      frames.slice(0, heard).map(([t, frame]) => [t, plain(frame)]),
    );
    expect(heard).toBeGreaterThan(20);
  });

  it('takes nothing from what is counted', async () => {
    const parts = await record();
    await parts.clock.advance(4_000);
    const { counters } = parts.bridge.fleet.devices.get('sketch') ?? {};
    await end(parts);
    const read = readRecording(file).entries.flatMap((entry) =>
      'dir' in entry && 'port' in entry && entry.port === '/dev/sketch' && entry.dir === 'in'
        ? [entry.data.length]
        : [],
    );
    expect(counters?.bytesIn).toBeGreaterThan(0);
    expect(counters?.bytesIn).toBe(read.reduce((sum, bytes) => sum + bytes, 0));
  });

  it('is nobody else’s to read, has no secret in it, and is not overwritten', async () => {
    const { recorder, bridge, clock } = await record();
    await recorder.close();
    const stopped = bridge.stop();
    await clock.advance(2_000);
    await stopped;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain('hunter2');
    await expect(record()).rejects.toMatchObject({ code: 'record/exists' });
  });

  it('ends at its limit, and says so; the bridge goes on', async () => {
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (_: object, message: string) => void warnings.push(message) };
    const parts = await record(30_000, log);
    const { clock, frames } = parts;
    await clock.advance(20_000);
    const before = frames.length;
    await clock.advance(20_000);
    expect(frames.length).toBeGreaterThan(before + 10);
    await end(parts);
    expect(warnings).toEqual([
      expect.stringMatching(/^the recording ends here: it has [12]\d{4} bytes, as many as it may$/),
    ]);
    expect(statSync(file).size).toBeLessThanOrEqual(30_000);
    expect((await lived()).lines.length).toBeGreaterThan(20);
  });

  it('is read up to where it was cut off, and nothing else is read as one', () => {
    const reads = (content: string) => {
      writeFileSync(file, content);
      return () => readRecording(file);
    };
    const head = headLine(5, {
      version: '1',
      seed: 1,
      source: 'n',
      openRelay: false,
      remembered: {},
      config: parsed(),
    });
    expect(reads(`${head}\n{"t":6,"bridge":"start"}\n{"t":7,"bri`)().entries).toEqual([{ t: 6, bridge: 'start' }]);
    expect(reads(`${head}\n{"t":6\n{"t":7,"bridge":"start"}\n`)).toThrow(/line 2 of .* is none of a recording/);
    expect(reads('')).toThrow('is no recording');
    expect(reads('{"t":1,"recording":99}\n')).toThrow('no recording that this program can read');
    expect(() => readRecording(join(folder, 'none'))).toThrow(/there is no file .*none/);
  });

  it('keeps bytes as they were', () => {
    for (const data of [Buffer.from('a\tb\r\n'), Buffer.from([0, 255, 10]), Buffer.from('°C')]) {
      const line = entryLine({ t: 1, port: '/dev/x', dir: 'in', data });
      writeFileSync(
        file,
        `${headLine(0, { version: '1', seed: 1, source: 'n', openRelay: false, remembered: {}, config: parsed() })}\n${line}\n`,
      );
      expect(readRecording(file).entries).toEqual([{ t: 1, port: '/dev/x', dir: 'in', data }]);
    }
  });

  it('holds no secret of the account, nor of anything else in the config', () => {
    const text = JSON.stringify({
      relay: { url: 'ws://127.0.0.1:1', token: 'relay-token' },
      notify: { service: 'https://v.example', token: 'session-token' },
    });
    const { config } = parseConfig({ path: 'a.yaml', text, shared: false }, context);
    const recorded = JSON.stringify(configToJson({ ...config, layout: { bindings: { key: 'shed.temp' } } }));
    expect(recorded).not.toMatch(/relay-token|session-token/);
    expect(recorded).toContain('"key":"shed.temp"');
  });

  it.each(readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml')))('holds the config of %s', (name) => {
    const { config } = loadConfig(join(EXAMPLES, name), { ...context, env: { CARTER_TOKEN: 'secret' } });
    const again = configFromJson(plain(configToJson(config))) as Config;
    const { relay: _, layout: layoutAgain, ...restAgain } = again;
    const { relay: __, layout, ...rest } = config;
    expect(restAgain).toEqual(rest);
    expect(layoutAgain).toEqual(layout && plain(layout));
  });
});

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

/** As JSON has it. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
