import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Log, silentLog } from '../../src/log.js';
import { Memory } from '../../src/memory.js';
import { type RoomOptions, roomCipher } from '../../src/mesh/e2ee.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { History } from '../../src/state/history.js';
import { Store } from '../../src/state/store.js';
import { NAMESPACE, openDesk } from '../support/command-desk.js';
import { eventually } from '../support/eventually.js';
import { VirtualClock } from '../support/virtual-clock.js';

const PERSIST = { interval: 10_000, history: false, values: false, counters: true };

let folder: string;
let said: string[];
const started: Memory[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carter-memory-'));
  said = [];
});
afterEach(async () => {
  for (const memory of started.splice(0)) await memory.close();
  rmSync(folder, { recursive: true });
});

const log: Log = { ...silentLog, warn: (_fields, message) => void said.push(message) };
const held = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

/** What a bridge remembers that starts now; `fan` and `pump` come back to what was wished. */
function start(clock = new VirtualClock(), store = new Store(clock)): Memory {
  const memory = build(clock, store);
  memory.start();
  started.push(memory);
  return memory;
}

/** The same, of one that does not get to its start. */
function build(clock = new VirtualClock(), store = new Store(clock)): Memory {
  const points = {
    pump: { onBoot: 'restore' },
    fan: { onDeviceLost: 'restore' },
    mode: { onRelayLost: 'restore' },
    valve: { onBoot: 'hold' },
    horn: {},
  };
  const config = {
    bridge: { name: 'home', namespace: 'home', stateDir: folder },
    persist: PERSIST,
    publish: { maxHz: 5, keyframe: 30_000, trend: 2_000 },
    devices: new Map([
      ['shed', { driver: 'made-up', options: { points } }],
      ['bare', { driver: 'made-up', options: undefined }],
    ]),
  };
  return new Memory({ config, store, history: new History(store), clock, log });
}

/** A desk of a bridge that starts now. */
async function restart() {
  const memory = start();
  return { memory, ...(await openDesk({ memory })) };
}

describe('the latch of the emergency stop', () => {
  it('stays closed over a restart, until it is reset; then over that too', async () => {
    let desk = await restart();
    expect(said).toEqual([]);
    await desk.router.emergencyStop('anna');
    await desk.memory.latch.settled();
    // No ordered stop: the process was killed.

    desk = await restart();
    expect(said).toEqual([
      expect.stringContaining('still latched, as before the start; `carter-bridge set bridge.estop_reset on`'),
    ]);
    const refused = desk.tap('pump', true);
    await desk.clock.advance(10);
    expect(desk.ackOf(refused)).toMatchObject({ ok: false, code: 'estop' });
    expect(desk.board.told).toEqual([]);
    desk.router.releaseStop('anna');
    const obeyed = desk.tap('pump', true);
    await desk.clock.advance(10);
    expect(desk.ackOf(obeyed)).toMatchObject({ ok: true });
    await desk.memory.latch.settled();

    desk = await restart();
    const again = desk.tap('pump', true);
    await desk.clock.advance(10);
    expect(desk.ackOf(again)).toMatchObject({ ok: true });
    await desk.close();
  });

  it.each([
    ['broken', '{"latched": fal'],
    ['of a newer program', '{"version": 2, "latched": false}'],
    ['something else', '{"version": 1, "latched": "no"}'],
  ])('is closed where its file is %s, and stays so at the start after that', async (_what, text) => {
    writeFileSync(join(folder, 'estop.json'), text);
    // Killed, or turned away, before it began.
    expect(build().latch.closed).toBe(true);
    const memory = start();
    expect(memory.latch.closed).toBe(true);
    await memory.close();
    expect(start().latch.closed).toBe(true);
  });

  it('keeps whoever presses it waiting for the disk, but not for long, and nothing else', async () => {
    const latch = { closed: false, set: (): Promise<boolean> => new Promise(() => {}) };
    const desk = await openDesk({ memory: { latch, outputs: start().outputs } });
    desk.tap('pump', true);
    await desk.clock.advance(100);
    desk.router.handle({ msg_type: `${NAMESPACE}.estop`, _cmd: 'stop', _from: 'anna' }, false);
    expect(desk.board.told.map(({ value }) => value)).toEqual([true, false, false, 0, 0, 'off']);
    await desk.clock.advance(990);
    expect(desk.ackOf('stop')).toBeUndefined();
    await desk.clock.advance(20);
    expect(desk.ackOf('stop')).toMatchObject({ ok: true });
    await desk.close();
  });

  it('is written down as soon as the disk takes it, and whoever pressed it is told that it did not', async () => {
    const full = join(folder, 'estop.json.new');
    mkdirSync(full);
    const clock = new VirtualClock();
    const memory = start(clock);
    const desk = await openDesk({ memory });
    desk.router.handle({ msg_type: `${NAMESPACE}.estop`, _cmd: 'stop', _from: 'anna' }, false);
    const message = 'confirmed, but a restart would not know of the emergency stop';
    await eventually(() => desk.ackOf('stop')).toMatchObject({ ok: true, message });
    await clock.advance(30_000);
    expect(existsSync(join(folder, 'estop.json'))).toBe(false);
    rmSync(full, { recursive: true });
    await clock.advance(10_000);
    await eventually(() => existsSync(join(folder, 'estop.json'))).toBe(true);
    expect(held('estop.json')).toEqual({ version: 1, latched: true });
    await desk.close();
  });

  it('is open where nobody ever stopped anything, and no file is made', async () => {
    const memory = start();
    expect(memory.latch.closed).toBe(false);
    await memory.close();
    expect(existsSync(join(folder, 'estop.json'))).toBe(false);
  });
});

describe('a latched emergency stop', () => {
  it('puts what comes back to its safe value, also what its owner wants to find as it was', async () => {
    const heater = { id: 'heater', role: 'actuator', type: 'boolean', safe: false, adopts: true } as const;
    const memory = start();
    const desk = await openDesk({ memory, points: [heater] });
    const replug = async () => {
      desk.board.io?.lost('pulled');
      desk.board.outputs.set('heater', true);
      desk.board.told.length = 0;
      await desk.clock.advance(5_000);
      expect(desk.device.state).toBe('live');
    };
    await replug();
    expect(desk.board.told).toEqual([]);
    void desk.router.emergencyStop('anna');
    await desk.clock.advance(2_000);
    await replug();
    expect(desk.board.told).toMatchObject([{ point: 'heater', value: false }]);
    desk.router.releaseStop('anna');
    const obeyed = desk.tap('heater', true);
    await desk.clock.advance(100);
    expect(desk.ackOf(obeyed)).toMatchObject({ ok: true });
    await replug();
    expect(desk.board.told).toEqual([]);
    await desk.close();
  });

  it('arms outputs of devices that it has not met yet once they were seen at their safe value', async () => {
    writeFileSync(join(folder, 'estop.json'), '{"version": 1, "latched": true}');
    const memory = start();
    const stuck = { id: 'stuck', role: 'actuator', type: 'boolean', safe: false } as const;
    const desk = await openDesk({ memory, points: [stuck] });
    desk.board.manner = 'refuses';
    desk.board.io?.lost('pulled');
    desk.board.outputs.set('stuck', true);
    await desk.clock.advance(10_000);
    desk.router.releaseStop('anna');
    const unarmed = desk.tap('stuck', true);
    await desk.clock.advance(100);
    expect(desk.ackOf(unarmed)).toMatchObject({ ok: false, code: 'unarmed' });
    await desk.close();
  });
});

describe('the wishes of outputs', () => {
  it('are kept where the output comes back to them, and only when the device confirmed', async () => {
    const desk = await restart();
    for (const [point, value] of [
      ['pump', true],
      ['fan', 35],
      ['mode', 'auto'],
      ['horn', true],
    ] as const) {
      desk.tap(point, value);
      await desk.clock.advance(200);
    }
    desk.board.manner = 'refuses';
    desk.tap('fan', 70);
    await desk.clock.advance(20_000);
    await desk.memory.close();
    expect(held('outputs.json')).toEqual({
      version: 1,
      outputs: { 'shed.pump': true, 'shed.fan': 35, 'shed.mode': 'auto' },
    });
    const { outputs } = start();
    expect(outputs.of('shed.pump')).toBe(true);
    expect(outputs.of('shed.fan')).toBe(35);
    expect(outputs.of('shed.horn')).toBeUndefined();
    expect(outputs.of('shed.constructor')).toBeUndefined();
    await desk.close();
  });

  it('are forgotten one by one where the bridge itself has put an output to its safe value', async () => {
    const { outputs } = start();
    outputs.note('shed.pump', true);
    outputs.note('shed.fan', 35);
    outputs.note('shed.pump', undefined);
    await outputs.close();
    const again = start().outputs;
    expect(again.of('shed.pump')).toBeUndefined();
    expect(again.of('shed.fan')).toBe(35);
  });

  it('that are taken back are gone from the disk at once: the power may fail in the next moment', async () => {
    const clock = new VirtualClock();
    const { outputs } = start(clock);
    const kept = () => (existsSync(join(folder, 'outputs.json')) ? held('outputs.json').outputs : undefined);
    outputs.note('shed.pump', true);
    await clock.advance(1);
    await eventually(() => kept()?.['shed.pump']).toBe(true);
    outputs.note('shed.pump', undefined);
    await eventually(() => kept()?.['shed.pump']).toBeUndefined();
  });

  it('of a pulse are none', async () => {
    const desk = await restart();
    desk.tap('pump', undefined, { pulse_ms: 100 });
    await desk.clock.advance(20_000);
    expect(desk.memory.outputs.of('shed.pump')).toBeUndefined();
    await desk.close();
  });

  it('are forgotten at an emergency stop, at once and for good, with those that were on their way', async () => {
    const desk = await restart();
    desk.tap('pump', true);
    await desk.clock.advance(200);
    desk.board.manner = 'late';
    desk.tap('mode', 'auto');
    await desk.clock.advance(100);
    void desk.router.emergencyStop('anna');
    desk.router.releaseStop('anna');
    await desk.clock.advance(3_000);
    expect(desk.memory.outputs.of('shed.pump')).toBeUndefined();
    expect(desk.memory.outputs.of('shed.mode')).toBeUndefined();
    await eventually(() => held('outputs.json')).toEqual({ version: 1, outputs: {} });
    await desk.close();
  });

  it('are forgotten by an emergency stop also where the disk takes nothing new', async () => {
    const memory = start();
    memory.outputs.note('shed.pump', true);
    await memory.close();
    const again = start();
    for (const name of ['estop.json', 'outputs.json']) mkdirSync(join(folder, `${name}.new`));
    const desk = await openDesk({ memory: again });
    void desk.router.emergencyStop('anna');
    await eventually(() => existsSync(join(folder, 'outputs.json'))).toBe(false);
    expect(start().outputs.of('shed.pump')).toBeUndefined();
    await desk.close();
  });

  it('that are taken back do not come back after a power cut either where the disk takes nothing new', async () => {
    const memory = start();
    memory.outputs.note('shed.pump', true);
    await memory.close();
    const clock = new VirtualClock();
    const { outputs } = start(clock);
    const full = join(folder, 'outputs.json.new');
    mkdirSync(full);
    outputs.note('shed.pump', undefined);
    await eventually(() => existsSync(join(folder, 'outputs.json'))).toBe(false);
    expect(build().outputs.of('shed.pump')).toBeUndefined();
    outputs.note('shed.fan', 40);
    rmSync(full, { recursive: true });
    await clock.advance(10_000);
    await eventually(() => build().outputs.of('shed.fan')).toBe(40);
  });

  it('that are new do not take along those on a full disk', async () => {
    const memory = start();
    memory.outputs.note('shed.pump', true);
    await memory.close();
    const { outputs } = start();
    mkdirSync(join(folder, 'outputs.json.new'));
    outputs.note('shed.fan', 40);
    await outputs.close();
    expect(build().outputs.of('shed.pump')).toBe(true);
  });

  it('are forgotten by an emergency stop where they could not be taken away before', async () => {
    const memory = start();
    memory.outputs.note('shed.pump', true);
    await memory.close();
    const { outputs } = start();
    const file = join(folder, 'outputs.json');
    const text = readFileSync(file, 'utf8');
    mkdirSync(`${file}.new`);
    rmSync(file);
    mkdirSync(file);
    outputs.note('shed.pump', undefined);
    await eventually(() => said.some((line) => line.includes('can not be taken away either'))).toBe(true);
    rmSync(file, { recursive: true });
    writeFileSync(file, text);
    outputs.forget();
    await eventually(() => existsSync(file)).toBe(false);
  });

  it('are forgotten too when the power went in the middle of the stop', async () => {
    writeFileSync(join(folder, 'estop.json'), '{"version": 1, "latched": true}');
    writeFileSync(join(folder, 'outputs.json'), '{"version": 1, "outputs": {"shed.pump": true}}');
    const memory = start();
    expect(memory.outputs.of('shed.pump')).toBeUndefined();
    await memory.close();
    expect(held('outputs.json')).toEqual({ version: 1, outputs: {} });
  });

  it('are none where the file is broken, as what was wished before may have been switched off since', async () => {
    const memory = start();
    memory.outputs.note('shed.pump', true);
    await memory.close();
    const again = start();
    again.outputs.note('shed.pump', undefined);
    await again.close();
    writeFileSync(join(folder, 'outputs.json'), '{"version": 1, "outp');
    const third = start();
    expect(third.outputs.of('shed.pump')).toBeUndefined();
    await third.close();
    expect(held('outputs.json')).toEqual({ version: 1, outputs: {} });
  });

  it('of outputs that are not to come back any more are dropped', () => {
    const outputs = { 'shed.pump': true, 'shed.horn': true, 'gone.lamp': true };
    writeFileSync(join(folder, 'outputs.json'), JSON.stringify({ version: 1, outputs }));
    const memory = start();
    expect(memory.outputs.of('shed.pump')).toBe(true);
    expect(memory.outputs.of('shed.horn')).toBeUndefined();
    expect(memory.outputs.of('gone.lamp')).toBeUndefined();
  });

  it('are dropped for good where a config that is taken meanwhile wants none back', () => {
    const memory = start();
    memory.outputs.note('shed.pump', true);
    memory.outputs.note('shed.fan', 40);
    const device = (points: object) => new Map([['shed', { driver: 'made-up', options: { points } }]]);
    memory.take({ persist: PERSIST, devices: device({ fan: { onBoot: 'restore' } }) });
    memory.take({ persist: PERSIST, devices: device({ fan: { onBoot: 'restore' }, pump: { onBoot: 'restore' } }) });
    expect(memory.outputs.of('shed.pump')).toBeUndefined();
    expect(memory.outputs.of('shed.fan')).toBe(40);
  });

  it.each(['{"shed.pump": [1]}', '[true]'])('are none where the file holds something else: %s', (outputs) => {
    writeFileSync(join(folder, 'outputs.json'), `{"version": 1, "outputs": ${outputs}}`);
    expect(start().outputs.of('shed.pump')).toBeUndefined();
    expect(said.join()).toContain('is not usable and was set aside');
  });
});

describe('sealed frames that came', () => {
  const KEY = Buffer.alloc(32, 5).toString('base64');
  const NOON = Date.UTC(2026, 5, 1, 12);
  const open = (memory: Memory, clock: VirtualClock, more: Partial<RoomOptions> = {}) => {
    const cipher = roomCipher(KEY, { channel: 'lab', name: 'home', clock, memory: memory.replay.memory, ...more });
    return (envelope: unknown) => {
      try {
        return cipher.open(envelope).payload;
      } catch (error) {
        return String(error);
      }
    };
  };
  const at = (wall: number | undefined) => {
    const clock = new VirtualClock();
    clock.epoch = wall;
    return clock;
  };
  const phone = (wall: number | undefined) => roomCipher(KEY, { channel: 'lab', name: 'anna', clock: at(wall) });
  const kept = () => readFileSync(join(folder, 'replay.json'), 'utf8');

  it.each([
    ['without a stamp, a year later', undefined, NOON, NOON + 365 * 86_400_000],
    ['while the clock is not set', NOON, NOON, undefined],
    ['of a phone whose clock is fast', NOON + 100_000, NOON, NOON + 60_000],
    ['when the clock was put back', NOON, NOON, NOON - 10_000],
  ])('are known over a restart: %s', async (_, sealedAt, wall, then) => {
    const ann = phone(sealedAt);
    const [before, last, after] = [ann.seal({ n: 0 }), ann.seal({ n: 1 }), ann.seal({ n: 2 })];
    const clock = at(wall);
    const first = start(clock);
    expect(open(first, clock)(last)).toMatchObject({ n: 1 });
    await first.close();
    const second = open(start(at(then)), at(then));
    expect(second(last)).toMatch(/came before/);
    expect(second(before)).toMatch(/came before/);
    expect(second(after)).toMatchObject({ n: 2 });
  });

  it('are written down at once and then every 10 s at most, those of other bridges with the next one only', async () => {
    const clock = at(NOON);
    const hear = open(start(clock), clock);
    const ann = phone(NOON);
    const bridge = phone(NOON);
    const say = async (sender: typeof ann, payload: JsonObject) => {
      const { s } = sender.seal({});
      hear(sender.seal(payload));
      await clock.advance(0);
      return s;
    };
    const other = await say(bridge, { msg_type: 'yard.state', _src: 'yard' });
    await clock.advance(60_000);
    expect(existsSync(join(folder, 'replay.json'))).toBe(false);
    const salt = await say(ann, { msg_type: 'home.cmd' });
    await eventually(kept).toContain(`"${salt}": 1`);
    expect(kept()).toContain(other);
    await say(ann, { msg_type: 'home.cmd' });
    await clock.advance(9_000);
    expect(kept()).toContain(`"${salt}": 1`);
    await clock.advance(2_000);
    await eventually(kept).toContain(`"${salt}": 3`);
  });

  it('are remembered of the 256 senders heard last', async () => {
    const clock = at(NOON);
    const first = start(clock);
    const hear = open(first, clock);
    const frames = Array.from({ length: 258 }, () => phone(NOON).seal({}));
    for (const frame of frames) hear(frame);
    expect(hear(frames[2])).toMatch(/came before/);
    await first.close();
    expect(Object.keys(held('replay.json').seen)).toEqual(frames.slice(2).map(({ s }) => s));
    const second = open(start(clock), clock);
    expect(second(frames[2])).toMatch(/came before/);
    second(phone(NOON).seal({}));
    expect(second(frames[2])).toMatchObject({ _from: 'anna' });
  });

  it('without a time are refused where their owner wants that', () => {
    const clock = at(NOON);
    const memory = start(clock);
    const old = phone(undefined).seal({ on: true });
    expect(open(memory, clock, { unstamped: 'refuse' })(old)).toMatch(/does not say when/);
    expect(open(memory, clock, { unstamped: 'accept' })(old)).toMatchObject({ on: true });
    expect(open(memory, clock, { unstamped: 'refuse' })(phone(NOON).seal({ on: true }))).toMatchObject({ on: true });
  });

  it('that the bridge refused as too early do not become good when their time comes', async () => {
    const clock = at(NOON);
    const hear = open(start(clock), clock);
    const early = phone(NOON + 600_000).seal({ on: true });
    expect(hear(early)).toMatch(/-600 s old/);
    await clock.advance(590_000);
    expect(hear(early)).toMatch(/came before/);
  });
});

describe('an approval', () => {
  it('that the disk did not take is written as soon as it does, or at the stop', async () => {
    const full = join(folder, 'boards.json.new');
    mkdirSync(full);
    const clock = new VirtualClock();
    const { boards } = start(clock);
    expect(await boards.approve('yard', 'yard@1', 'm')).toBe(false);
    rmSync(full, { recursive: true });
    await clock.advance(10_000);
    await eventually(() => existsSync(join(folder, 'boards.json'))).toBe(true);
    mkdirSync(full);
    expect(await boards.approve('shed', 'shed@2', 'm')).toBe(false);
    rmSync(full, { recursive: true });
    await boards.settled();
    expect(start().boards.isApproved('shed@2')).toBe(true);
  });

  it('that was found in the file before a broken one is there at the start after that, too', async () => {
    const { boards } = start();
    await boards.approve('yard', 'yard@1', 'm');
    boards.join('shed', 'shed@2');
    await boards.settled();
    writeFileSync(join(folder, 'boards.json'), '{"join');
    const memory = start();
    expect(memory.boards.isApproved('yard@1')).toBe(true);
    await memory.close();
    said = [];
    expect(start().boards.isApproved('yard@1')).toBe(true);
    expect(said).toEqual([]);
  });
});

describe('other wishes about what is kept', () => {
  const devices = new Map();

  it('begin with what is known and counted, and end with it', async () => {
    const clock = new VirtualClock();
    const store = new Store(clock);
    const memory = start(clock, store);
    const count = memory.tallies('gate');
    count.set('door', 3);
    store.describe('shed', [{ id: 'temp', role: 'sensor', type: 'number' }]);
    store.setHealth('shed', 'online');
    store.report('shed', [{ point: 'temp', value: 21 }]);
    memory.sample();
    const none = { interval: 10_000, history: false, values: false, counters: false };
    memory.take({ devices, persist: none });
    await eventually(() => existsSync(join(folder, 'counters.json'))).toBe(true);
    count.set('door', 4);
    await clock.advance(120_000);
    expect(held('counters.json')).toMatchObject({ counts: { 'gate.door': 3 } });
    expect(existsSync(join(folder, 'values.json'))).toBe(false);

    memory.take({ devices, persist: { interval: 20_000, history: true, values: true, counters: true } });
    memory.sample();
    await clock.advance(0);
    await eventually(() =>
      ['counters', 'values', 'history'].every((name) => existsSync(join(folder, `${name}.json`))),
    ).toBe(true);
    await eventually(() => held('counters.json')).toMatchObject({ counts: { 'gate.door': 4 } });
    expect(held('values.json')).toMatchObject({ points: { 'shed.temp': { value: 21 } } });
    expect(held('history.json')).toMatchObject({ samples: { shed: { temp: [21, 21] } } });
    store.report('shed', [{ point: 'temp', value: 22 }]);
    memory.take({ devices, persist: none });
    await eventually(() => held('values.json')).toMatchObject({ points: { 'shed.temp': { value: 22 } } });
    expect(memory.last('shed')).toEqual({});
    expect(count.get('door')).toBe(4);
  });

  it('are another pace', async () => {
    const clock = new VirtualClock();
    const memory = start(clock);
    const count = memory.tallies('gate');
    memory.take({ devices, persist: { ...PERSIST, interval: 60_000 } });
    count.set('door', 1);
    await clock.advance(0);
    await eventually(() => existsSync(join(folder, 'counters.json'))).toBe(true);
    count.set('door', 2);
    await clock.advance(59_000);
    expect(held('counters.json')).toMatchObject({ counts: { 'gate.door': 1 } });
    await clock.advance(1_000);
    await eventually(() => held('counters.json')).toMatchObject({ counts: { 'gate.door': 2 } });
  });
});
