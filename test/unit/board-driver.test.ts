import { afterEach, describe, expect, it } from 'vitest';
import { BoardDriver } from '../../devices/board/driver.js';
import { EventCounts } from '../../devices/board/event-counts.js';
import { boardKind } from '../../devices/board/kind.js';
import { Manifests } from '../../devices/board/manifests.js';
import { type BoardParts, BoardSimulator } from '../../devices/board/simulator.js';
import { encodeBoardLine } from '../../firmware-protocol/encode.js';
import type { PointDescription } from '../../firmware-protocol/message.js';
import type { OutputLimits } from '../../src/device/output-limits.js';
import { BridgeError } from '../../src/error.js';
import { DriverBench, outcome } from '../support/driver-bench.js';

let bench: DriverBench;
let board: BoardSimulator;
afterEach(() => bench.close());

interface Setup {
  options?: object;
  parts?: BoardParts;
  manifests?: Manifests;
  seat?: object;
  seed?: number;
  limits?: ReadonlyMap<string, OutputLimits>;
}

function setUp({ options = {}, parts = {}, manifests = new Manifests(), seed = 1, limits, seat }: Setup = {}) {
  const parsed = boardKind.options.parse({ port: '/dev/fake', ...options });
  let n = 0;
  const driver = new BoardDriver(parsed, manifests, () => (++n * 0.381966) % 1);
  bench = new DriverBench(driver, undefined, undefined, undefined, limits, undefined, seat);
  board = new BoardSimulator(bench.clock, seed, parts);
}

/** A live session with a simulated board. */
async function live(setup: Setup = {}) {
  setUp(setup);
  bench.plug(board);
  return await bench.connect(500);
}

/** The same, over a line that can lose the board's readings. */
async function liveAndLosing() {
  setUp();
  const deliver = bench.port.send.bind(bench.port);
  let losing = false;
  bench.port.send = (bytes) => {
    if (!losing || !Buffer.from(bytes as Uint8Array).includes(' reading ')) deliver(bytes);
  };
  bench.plug(board);
  const session = await bench.connect(500);
  const lose = (on: boolean) => {
    losing = on;
  };
  return { session, lose };
}

/** How often the verb was written. */
const said = (verb: string) => bench.port.written.filter((line) => line.split(/[ *]/)[1] === verb).length;
/** The cause of the session's end so far. */
async function ended(): Promise<string> {
  const over = bench.io.ended.then(({ code, message }) => `${code}: ${message}`);
  return await Promise.race([over, new Promise<string>((resolve) => setImmediate(() => resolve('live')))]);
}
/** How often each command was carried out; limits are said before the first one. */
const timesDone = () =>
  [...board.executions].flatMap(([command, times]) => (command.includes(': limit ') ? [] : [times]));

describe('the handshake', () => {
  it('learns who the board is, what it has, and every value, before it is live', async () => {
    const session = await live();
    expect(session.identity).toEqual({
      id: 'board1',
      name: 'Simulated board 1',
      firmware: '1.0',
      bootId: expect.stringMatching(/^[1-9]\d*$/),
      manifest: expect.stringMatching(/^[0-9A-F]{8}-[0-9a-f]{64}$/),
    });
    expect([...bench.store.points('dev').values()].map(({ spec }) => spec)).toMatchObject([
      { id: 'temp', role: 'sensor', type: 'number', label: 'Temperature', unit: '°C', min: 10, max: 35 },
      { id: 'hum', role: 'sensor', type: 'number' },
      { id: 'light', role: 'sensor', type: 'number' },
      { id: 'button', role: 'event', label: 'Button' },
      { id: 'pump', role: 'actuator', type: 'boolean', safe: false },
      { id: 'fan', role: 'actuator', type: 'number', min: 0, max: 100, step: 5, safe: 0 },
      { id: 'turnout', role: 'actuator', type: 'enum', options: ['closed', 'thrown'] },
    ]);
    const { values } = bench;
    expect(values).toMatchObject({ pump: false, fan: 0, turnout: 'closed', button: null });
    for (const id of ['temp', 'hum', 'light']) expect(values[id]).toEqual(expect.any(Number));
  });

  it('asks again and again while the board starts, and ignores what comes before the answer', async () => {
    setUp();
    const session = bench.begin();
    await bench.clock.advance(1_600);
    expect(said('hello')).toBe(7);
    for (const line of [
      'boot: ok',
      '5 reading pump=1*00000000',
      encodeBoardLine(5, { verb: 'reading', values: [{ point: 'pump', value: '1' }] }),
    ]) {
      bench.port.say(line);
    }
    expect(bench.counters.ignored).toBe(0);
    bench.plug(board);
    await bench.clock.advance(400);
    await session;
    expect(bench.values['pump']).toBe(false);
  });

  it('gives up after `boot`', async () => {
    setUp({ options: { boot: '2s' } });
    expect(await outcome(bench.connect(2_100))).toBe('device/no-answer');
    expect(said('hello')).toBe(8);
    expect(bench.port.written.every((line) => line === bench.port.written[0])).toBe(true);
  });

  it('takes only the answer to its own question', async () => {
    setUp({ options: { boot: '1s' } });
    bench.port.onWrite = () => {
      bench.port.say(encodeBoardLine(0, { verb: 'hello', nonce: 0, protocol: 2 }));
      bench.port.say(encodeBoardLine(0, { verb: 'hello', nonce: 77, protocol: 2 }));
    };
    expect(await outcome(bench.connect(1_100))).toBe('device/no-answer');
  });

  it('refuses a board of another protocol version and says both', async () => {
    setUp();
    bench.port.onWrite = (line) => {
      const nonce = Number(line.split(/[ *]/)[2]);
      bench.port.say(encodeBoardLine(0, { verb: 'hello', nonce, protocol: 2 }));
    };
    const session = bench.begin();
    await bench.clock.advance(100);
    await expect(session).rejects.toMatchObject({ code: 'device/protocol', message: expect.stringMatching(/2.*1/) });
  });

  it('refuses another board than the config wants and says both', async () => {
    setUp({ options: { id: 'greenhouse' } });
    bench.plug(board);
    const session = bench.begin();
    await bench.clock.advance(500);
    await expect(session).rejects.toMatchObject({
      code: 'device/wrong',
      message: expect.stringMatching(/greenhouse.*board1/),
    });
  });

  it('fetches a manifest once of a board that stays in its place, and again of the next one there', async () => {
    const manifests = new Manifests();
    const seat = {};
    await live({ manifests, seat });
    expect(said('describe')).toBe(7);
    await bench.close();
    await live({ manifests, seat });
    expect(said('describe')).toBe(0);
    expect(bench.values['turnout']).toBe('closed');
    await bench.close();
    await live({ manifests, seat: {} });
    expect(said('describe')).toBe(7);
  });

  it('fetches a manifest each time where nobody knows who is plugged in', async () => {
    const manifests = new Manifests();
    await live({ manifests });
    await bench.close();
    await live({ manifests });
    expect(said('describe')).toBe(7);
  });

  it('asks for lost pages again', async () => {
    setUp();
    board.garble(0.3);
    bench.plug(board);
    await bench.connect(14_000);
    expect(said('describe')).toBeGreaterThan(7);
    expect(bench.values['turnout']).toBe('closed');
    expect(await ended()).toBe('live');
  });

  it('refuses a manifest with the same id twice', async () => {
    setUp({ parts: { points: [point('temp'), point('temp')] } });
    bench.plug(board);
    expect(await outcome(bench.connect(500))).toBe('device/protocol');
  });

  it('says that a board has too many points', async () => {
    setUp({ parts: { points: Array.from({ length: 65 }, (_, n) => point(`p${n}`)) } });
    bench.plug(board);
    const session = bench.begin();
    await bench.clock.advance(500);
    await expect(session).rejects.toMatchObject({ code: 'device/protocol', message: expect.stringMatching(/65.*64/) });
  });

  it('remembers a manifest for its number of points', () => {
    const manifests = new Manifests();
    const seat = {};
    manifests.set(seat, '0', [point('temp')]);
    expect(manifests.get(seat, '0', 1)).toHaveLength(1);
    expect(manifests.get(seat, '0', 2)).toBeUndefined();
    expect(manifests.get(seat, '1', 1)).toBeUndefined();
  });

  it('refuses a manifest that is not the one of its fingerprint', async () => {
    setUp();
    bench.plug(board);
    const { onWrite } = bench.port;
    bench.port.onWrite = (line) => {
      board.silent(line.includes('hello'));
      onWrite?.(line);
      if (!line.includes('hello')) return;
      const nonce = Number(line.split(/[ *]/)[2]);
      const info = { boot: 5, points: 7, fingerprint: '0BADCAFE', buffer: 64, id: 'board1', firmware: '', name: '' };
      bench.port.say(encodeBoardLine(0, { verb: 'hello', nonce, protocol: 1, board: info }));
    };
    const session = bench.begin();
    await bench.clock.advance(500);
    await expect(session).rejects.toMatchObject({
      code: 'device/protocol',
      message: expect.stringContaining('0BADCAFE'),
    });
  });

  it('says which points never say a value', async () => {
    setUp();
    bench.plug(board);
    const { onWrite } = bench.port;
    bench.port.onWrite = (line) => {
      if (!line.includes('reading')) onWrite?.(line);
    };
    const session = bench.begin();
    await bench.clock.advance(6_000);
    await expect(session).rejects.toMatchObject({
      code: 'device/no-answer',
      message: expect.stringContaining('turnout'),
    });
  });

  it('notices a restart in the middle of it', async () => {
    setUp();
    bench.plug(board);
    let reset = false;
    const { onWrite } = bench.port;
    bench.port.onWrite = (line) => {
      if (line.includes('describe 3') && !reset) {
        reset = true;
        board.reset();
      } else onWrite?.(line);
    };
    expect(await outcome(bench.connect(500))).toBe('device/lost');
  });
});

function point(id: string): PointDescription {
  return { id, role: 'sensor', type: 'number', label: '', unit: '', lease: 0, options: [] };
}

describe('commands', () => {
  it('are confirmed by what the board accepted, and the state follows its readings', async () => {
    const session = await live();
    const done = bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(1);
    expect(await done).toEqual({ value: true, settled: true });
    expect(board.output('pump')).toBe(true);
    expect(bench.values['pump']).toBe(true);
    const dimmed = bench.apply(session, { point: 'fan', value: 42 });
    await bench.clock.advance(1);
    expect(await dimmed).toEqual({ value: 40, settled: true });
    expect(bench.values['fan']).toBe(40);
  });

  it('are confirmed at once for what moves, which is unknown until it has got there', async () => {
    const session = await live();
    const done = bench.apply(session, { point: 'turnout', value: 'thrown' });
    await bench.clock.advance(1);
    expect(await done).toEqual({ value: 'thrown', settled: false });
    expect(bench.values['turnout']).toBeNull();
    await bench.clock.advance(620);
    expect(bench.values['turnout']).toBe('thrown');
  });

  it('are repeated when the board did not hear them, and carried out once when it did', async () => {
    const session = await live();
    board.deaf();
    const first = bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(150);
    board.deaf(false);
    await bench.clock.advance(100);
    expect(await first).toMatchObject({ value: true });
    expect(said('set')).toBe(3);
    board.silent();
    const second = bench.apply(session, { point: 'pump', value: false });
    await bench.clock.advance(300);
    board.silent(false);
    await bench.clock.advance(100);
    expect(await second).toMatchObject({ value: false });
    expect(said('set')).toBe(7);
    expect(timesDone()).toEqual([1, 1]);
    expect(bench.values['pump']).toBe(false);
  });

  it('time out when nobody answers, after four lines', async () => {
    const session = await live();
    board.silent();
    const done = outcome(bench.apply(session, { point: 'pump', value: true }));
    await bench.clock.advance(1_600);
    expect(await done).toBe('device/timeout');
    expect(said('set')).toBe(4);
    expect(timesDone()).toEqual([1]);
  });

  it('and everything else wait until the board has answered, so that it never has two lines to receive', async () => {
    const session = await live();
    board.late(100);
    const before = bench.port.written.length;
    const done = bench.apply(session, { point: 'pump', value: true });
    const alive = session.check?.(new AbortController().signal);
    await bench.clock.advance(90);
    expect(bench.port.written.slice(before)).toEqual([expect.stringContaining('set')]);
    await bench.clock.advance(20);
    await done;
    expect(bench.port.written.slice(before)).toEqual([
      expect.stringContaining('set'),
      expect.stringContaining('alive'),
    ]);
    await bench.clock.advance(300);
    await alive;
  });

  it('may be answered late', async () => {
    const session = await live();
    board.late(700);
    const done = bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(800);
    expect(await done).toMatchObject({ value: true });
    await bench.clock.advance(1_000);
    expect(timesDone()).toEqual([1]);
  });

  it.each(['range', 'unknown', 'busy', 'locked'] as const)('are refused when the board says %s', async (code) => {
    const session = await live();
    board.refuse(code);
    const done = bench.apply(session, { point: 'pump', value: true });
    done.catch(() => {});
    await bench.clock.advance(1);
    await expect(done).rejects.toMatchObject({ code: 'device/refused', message: expect.stringContaining('refused') });
    expect(bench.values['pump']).toBe(false);
    board.refuse(false);
  });

  it('are believed from the answer where the reading before it was lost, so that no older value follows', async () => {
    const { session, lose } = await liveAndLosing();
    lose(true);
    const done = bench.apply(session, { point: 'fan', value: 40 });
    await bench.clock.advance(1);
    expect(await done).toMatchObject({ value: 40 });
    expect(bench.values['fan']).toBe(40);
  });

  it('are read again soon after a stop whose readings were lost', async () => {
    const { session, lose } = await liveAndLosing();
    const done = bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(1);
    await done;
    lose(true);
    const stopped = session.safeAll?.(new AbortController().signal);
    await bench.clock.advance(1);
    await stopped;
    lose(false);
    expect(bench.values['pump']).toBe(true);
    await bench.clock.advance(1_100);
    expect(bench.values['pump']).toBe(false);
  });

  it('do not count when the board accepted another value', async () => {
    const session = await live();
    board.lie();
    const done = outcome(bench.apply(session, { point: 'pump', value: true }));
    await bench.clock.advance(1);
    expect(await done).toBe('device/mismatch');
  });

  it('that can not be said are refused without a line', async () => {
    const session = await live();
    const before = bench.port.written.length;
    for (const [id, value] of [
      ['temp', 1],
      ['nothing', true],
      ['fan', 1e12],
      ['fan', 'x'],
      ['turnout', 'sideways'],
      ['pump', 1],
    ] as const) {
      expect(await outcome(bench.apply(session, { point: id, value }))).toBe('device/refused');
    }
    expect(bench.port.written).toHaveLength(before);
  });

  it('that are too long for a line are refused', async () => {
    const sign: PointDescription = { ...point('sign'), role: 'actuator', type: 'text' };
    const session = await live({ parts: { points: [sign] } });
    expect(await outcome(bench.apply(session, { point: 'sign', value: 'x'.repeat(60) }))).toBe('device/refused');
    const done = bench.apply(session, { point: 'sign', value: 'Grüße, 50 %' });
    await bench.clock.advance(1);
    expect(await done).toEqual({ value: 'Grüße, 50 %', settled: true });
    expect(bench.values['sign']).toBe('Grüße, 50 %');
  });

  it('pulse by the board’s own clock', async () => {
    const session = await live();
    const done = bench.apply(session, { point: 'pump', value: true, pulseMs: 200 });
    await bench.clock.advance(1);
    expect(await done).toEqual({ value: true, settled: true });
    await bench.clock.advance(180);
    expect(board.output('pump')).toBe(true);
    await bench.clock.advance(40);
    expect(board.output('pump')).toBe(false);
    expect(bench.values['pump']).toBe(false);
    expect(timesDone()).toEqual([1]);
  });

  it('stop everything in one line, which waits for nothing', async () => {
    const session = await live();
    for (const command of [
      { point: 'pump', value: true },
      { point: 'fan', value: 50 },
    ]) {
      const done = bench.apply(session, command);
      await bench.clock.advance(1);
      await done;
    }
    board.late(300);
    const slow = outcome(bench.apply(session, { point: 'pump', value: true }));
    await bench.clock.advance(1);
    const stopped = session.safeAll?.(new AbortController().signal);
    await Promise.resolve();
    expect(bench.port.written.at(-1)).toContain('stop');
    await bench.clock.advance(1_000);
    await stopped;
    await slow;
    expect([board.output('pump'), board.output('fan')]).toEqual([false, 0]);
    expect(bench.values).toMatchObject({ pump: false, fan: 0 });
  });
});

describe('a live board', () => {
  it('keeps its outputs while the host lives, and lets go of them without it', async () => {
    const session = await live();
    const done = bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(60_000);
    await done;
    expect(board.output('pump')).toBe(true);
    await bench.close();
    await bench.clock.advance(1_900);
    expect(board.output('pump')).toBe(true);
    await bench.clock.advance(1_200);
    expect(board.output('pump')).toBe(false);
  });

  it('says that a lease ran out, and turns nothing on again by itself', async () => {
    const session = await live();
    const done = bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(10);
    await done;
    board.deaf();
    await bench.clock.advance(4_500);
    expect(bench.values['pump']).toBe(false);
    board.deaf(false);
    await bench.clock.advance(5_000);
    expect(board.output('pump')).toBe(false);
    expect(await ended()).toBe('live');
  });

  it('is asked whether it hears', async () => {
    const session = await live();
    const { signal } = new AbortController();
    const well = session.check?.(signal);
    await bench.clock.advance(1);
    await expect(well).resolves.toBeUndefined();
    board.deaf();
    const dead = outcome(session.check?.(signal) ?? Promise.resolve());
    // Readings still come: only the way to the board is broken.
    await bench.clock.advance(2_900);
    expect(await dead).toBe('device/timeout');
  });

  it('is lost when it restarts', async () => {
    await live();
    expect(await ended()).toBe('live');
    board.reset();
    await bench.clock.advance(1);
    expect(await ended()).toBe('device/lost: the board restarted');
  });

  it('is lost when it restarts and its hello is lost', async () => {
    const session = await live();
    const done = bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(1);
    await done;
    board.silent();
    board.reset();
    board.silent(false);
    const late = outcome(bench.apply(session, { point: 'pump', value: true }));
    await bench.clock.advance(1);
    expect(await ended()).toBe('device/lost: the board restarted');
    expect(await late).toBe('device/lost');
    expect(board.output('pump')).toBe(false);
  });

  it('is not lost by a late answer to an earlier question', async () => {
    const { identity } = await live();
    const hello = (boot: number) => {
      const info = { points: 7, fingerprint: '00000000', buffer: 64, id: 'board1', firmware: '', name: '' };
      return encodeBoardLine(0, { verb: 'hello', nonce: 5, protocol: 1, board: { boot, ...info } });
    };
    bench.port.say(hello(Number(identity.bootId)));
    expect(await ended()).toBe('live');
    bench.port.say(hello(Number(identity.bootId) + 1));
    expect(await ended()).toBe('device/lost: the board restarted');
  });

  it('tells its events, each once, and which were lost', async () => {
    await live();
    board.happen('button', 'pressed');
    board.happen('button', 'released');
    expect(bench.events).toEqual([
      { point: 'button', event: 'pressed', count: 1 },
      { point: 'button', event: 'released', count: 2 },
    ]);
    board.silent();
    board.happen('button', 'pressed');
    board.silent(false);
    board.happen('button', 'released');
    expect(bench.events.slice(2)).toEqual([
      { point: 'button', event: 'gap', count: 3 },
      { point: 'button', event: 'released', count: 4 },
    ]);
    board.silent();
    board.happen('button', 'pressed');
    board.silent(false);
    await bench.clock.advance(5_100);
    expect(bench.events.slice(4)).toEqual([{ point: 'button', event: 'gap', count: 5 }]);
  });

  it('tells an event that came after the reading with its count', async () => {
    await live();
    const reading = (seq: number, value: string) =>
      bench.port.say(encodeBoardLine(seq, { verb: 'reading', values: [{ point: 'button', value }] }));
    const event = (seq: number, count: number) =>
      bench.port.say(encodeBoardLine(seq, { verb: 'event', point: 'button', count, event: 'pressed' }));
    reading(100, '0');
    event(101, 1);
    event(102, 1);
    reading(103, '2');
    event(104, 2);
    expect(bench.events).toEqual([
      { point: 'button', event: 'pressed', count: 1 },
      { point: 'button', event: 'gap', count: 2 },
      { point: 'button', event: 'pressed', count: 2 },
    ]);
  });

  it('tells which events were lost between two sessions of the same start', () => {
    const counts = new EventCounts();
    counts.begin('shed 1');
    expect(counts.read('button', 65_535)).toBe(0);
    counts.begin('shed 1');
    expect(counts.read('button', 1)).toBe(2);
    expect(counts.happen('button', 1)).toBe(0);
    counts.begin('shed 2');
    expect(counts.read('button', 0)).toBe(0);
    expect(counts.happen('button', 1)).toBe(0);
  });

  it.each([
    ['hears no stop', (line: string) => line.includes(' stop ')],
    ['hears nothing', () => true],
  ])('that %s is safe within its lease all the same', async (_what, lost) => {
    const session = await live();
    const done = bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(1);
    await done;
    const { onWrite } = bench.port;
    bench.port.onWrite = (line) => {
      if (!lost(line)) onWrite?.(line);
    };
    const abort = new AbortController();
    const stopped = outcome(session.safeAll?.(abort.signal) ?? Promise.resolve());
    await bench.clock.advance(1_000);
    abort.abort(new BridgeError('device/timeout', 'too late'));
    expect(await stopped).toBe('device/timeout');
    await bench.clock.advance(3_000);
    expect(board.output('pump')).toBe(false);
    // Nothing is switched before the board has stopped, and everything after that.
    const early = outcome(bench.apply(session, { point: 'fan', value: 50 }));
    await bench.clock.advance(2_000);
    expect(await early).toBe('device/timeout');
    expect(board.output('fan')).toBe(0);
    bench.port.onWrite = onWrite ?? (() => {});
    await bench.clock.advance(2_500);
    const late = bench.apply(session, { point: 'fan', value: 50 });
    await bench.clock.advance(10_000);
    await late;
    expect(board.output('fan')).toBe(50);
  });

  it('is told to stop until it has acknowledged', async () => {
    const session = await live();
    const done = bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(1);
    await done;
    board.deaf();
    const abort = new AbortController();
    const stopped = outcome(session.safeAll?.(abort.signal) ?? Promise.resolve());
    await bench.clock.advance(1_000);
    abort.abort(new BridgeError('device/timeout', 'too late'));
    await stopped;
    board.deaf(false);
    await bench.clock.advance(1_300);
    expect(board.output('pump')).toBe(false);
    const before = [said('stop'), said('alive')];
    await bench.clock.advance(3_000);
    expect(said('stop')).toBe(before[0]);
    expect(said('alive')).toBeGreaterThan(before[1] ?? 0);
  });

  it('has room for a stop beside the line before it', async () => {
    const sign: PointDescription = { ...point('sign'), role: 'actuator', type: 'text' };
    const session = await live({ parts: { points: [sign] } });
    board.late(50);
    const slow = outcome(bench.apply(session, { point: 'sign', value: 'x'.repeat(30) }));
    await bench.clock.advance(1);
    const stopped = session.safeAll?.(new AbortController().signal);
    await bench.clock.advance(15);
    expect(said('stop')).toBe(0);
    await bench.clock.advance(5);
    expect(said('stop')).toBe(1);
    await bench.clock.advance(200);
    await Promise.all([slow, stopped]);
  });

  it('says unknown as unknown', async () => {
    await live();
    board.sense('temp', '?');
    expect(bench.values['temp']).toBeNull();
    board.sense('temp', '21.55');
    expect(bench.values['temp']).toBe(21.55);
  });

  it('does no harm with lines that make no sense', async () => {
    await live();
    const before = bench.values;
    const ignored = bench.counters.ignored;
    const lines = [
      'set pump 1',
      encodeBoardLine(100, { verb: 'reading', values: [{ point: 'pump', value: '7' }] }),
      encodeBoardLine(101, { verb: 'reading', values: [{ point: 'constructor', value: '1' }] }),
      encodeBoardLine(102, { verb: 'event', point: 'pump', count: 1, event: 'on' }),
      encodeBoardLine(103, { verb: 'ack', cid: 9, value: '1', moving: false }),
      encodeBoardLine(104, { verb: 'reading', values: [{ point: 'button', value: '1.5' }] }),
    ];
    for (const line of lines) bench.port.say(line);
    // All but the ack, and one gap in the numbers.
    expect(bench.counters.ignored - ignored).toBe(6);
    expect(bench.counters.driverErrors).toBe(0);
    expect(bench.values).toEqual(before);
  });

  it('writes to the log, in bounds', async () => {
    await live();
    for (let i = 0; i < 100; i++)
      bench.port.say(encodeBoardLine(i, { verb: 'log', level: 'info', text: `no\u001b ${i}` }));
    expect(bench.infos).toHaveLength(20);
    expect(bench.infos[0]).toBe('the board says: no\\x1b 0');
    expect(bench.counters.ignored).toBeGreaterThanOrEqual(80);
  });

  it('leaves no timer behind', async () => {
    await live();
    await bench.close();
    board.unplug();
    await bench.clock.advance(200);
    expect(bench.clock.timers).toBe(0);
  });
});

describe('limits', () => {
  const limits = new Map([
    ['pump', { maxOn: 2_000, minOff: 5_000, group: 0 }],
    // The protocol has none for numbers; the bridge keeps to them by itself.
    ['fan', { maxOn: 2_000, minOff: 0, group: 0 }],
    ['nothing', { maxOn: 2_000, minOff: 0, group: 0 }],
  ]);

  it('are said to the board before anybody can command it, which keeps to them on its own', async () => {
    const session = await live({ limits });
    expect(bench.port.written.filter((line) => line.includes(' limit '))).toEqual([
      expect.stringMatching(/^\d+ limit 0 pump 2000 5000 0\*/),
    ]);
    await bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(2_100);
    expect([board.output('pump'), bench.values['pump']]).toEqual([false, false]);
    expect(await outcome(bench.apply(session, { point: 'pump', value: true }))).toBe('device/refused');
    await bench.clock.advance(5_000);
    expect(await bench.apply(session, { point: 'pump', value: true })).toMatchObject({ value: true });
  });

  it('are said again for as long as the answers are lost on the line', async () => {
    setUp({ limits });
    const deliver = bench.port.send.bind(bench.port);
    bench.port.send = (bytes) => {
      if (bench.clock.now() > 3_000 || !Buffer.from(bytes as Uint8Array).includes(' ack ')) deliver(bytes);
    };
    bench.plug(board);
    await bench.connect(4_000);
    expect(said('limit')).toBeGreaterThan(4);
  });

  it('are taken away again where there are none any more, also from a board that did not start anew', async () => {
    await live();
    const said = bench.port.written.filter((line) => line.includes(' limit '));
    expect(said).toEqual([expect.stringMatching(/^\d+ limit 0 pump 0 0 0\*/)]);
  });

  it('that a board refuses are its trouble only where there are any', async () => {
    setUp();
    board.refuse('range');
    bench.plug(board);
    await bench.connect(500);
    expect(await ended()).toBe('live');
  });
});
