import { describe, expect, test } from 'vitest';
import { asciiSize } from '../../src/mesh/json.js';
import { Garage } from '../support/garage.js';
import { fold } from '../support/simulated-sink.js';
import { settle } from '../support/virtual-clock.js';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('what is said', () => {
  test('a new connection hears everything, the state first', async () => {
    const { store, sink, clock, history, publisher, ...garage } = await prepared();
    garage.device('greenhouse', ['temp', 'hum']);
    garage.say('greenhouse', { temp: 21.5 });
    history.sample();
    publisher.start();
    await settle();
    expect(sink.types()).toEqual(['state', 'quality', 'health', 'history']);
    const stamp = (seq: number) => ({ _src: 'nonce', _seq: seq, _ts: clock.wall() });
    expect(sink.frames.map(({ payload }) => payload)).toEqual([
      { msg_type: 'garage.state', greenhouse: { temp: 21.5, hum: null }, _full: true, ...stamp(1) },
      { msg_type: 'garage.quality', greenhouse: { temp: 'good', hum: 'unknown' }, _full: true, ...stamp(2) },
      { msg_type: 'garage.health', greenhouse: 'online', bridge: 'online', _full: true, ...stamp(3) },
      { msg_type: 'garage.history', greenhouse: { temp: [21.5] }, ...stamp(4) },
    ]);
    expect(store.devices()).toEqual(['greenhouse']);
  });

  test('the first frame is a full state even when events come with the connection and the first try fails', async () => {
    const { sink, store, clock, publisher, ...garage } = await prepared();
    garage.device('yard', ['button'], 'string', 'event');
    sink.ready = false;
    publisher.start();
    sink.ready = true;
    sink.refuse = 1;
    publisher.up();
    store.event('yard', { point: 'button', event: 'pressed' });
    await clock.advance(100);
    expect(sink.types().slice(0, 2)).toEqual(['state', 'event']);
    expect(sink.frames[0]?.payload).toMatchObject({ _full: true });
  });

  test('a change leaves at once and alone; values of one moment leave together', async () => {
    const { sink, clock, ...garage } = await prepared();
    garage.device('greenhouse', ['temp', 'hum']);
    garage.device('yard', ['wind']);
    garage.publisher.start();
    await clock.advance(1_000);
    sink.frames.length = 0;
    garage.say('greenhouse', { temp: 20, hum: 50 });
    garage.say('yard', { wind: 3 });
    await settle();
    expect(sink.of('garage.state')).toMatchObject([
      { greenhouse: { temp: 20, hum: 50 }, yard: { wind: 3 }, _full: false },
    ]);
    garage.say('greenhouse', { temp: 21 });
    await settle();
    expect(sink.of('garage.state')).toHaveLength(1);
    await clock.advance(200);
    expect(sink.of('garage.state')[1]).toMatchObject({ greenhouse: { temp: 21 } });
    expect(sink.of('garage.state')[1]).not.toHaveProperty('yard');
  });

  test('quality and health words are said on change', async () => {
    const { sink, store, ...garage } = await withTemperature();
    store.stale('greenhouse');
    store.setHealth('greenhouse', 'stale');
    await settle();
    expect(sink.of('garage.quality')).toMatchObject([{ greenhouse: { temp: 'stale' }, _full: false }]);
    expect(sink.of('garage.health')).toMatchObject([{ greenhouse: 'stale', _full: false }]);
    expect(sink.of('garage.health')[0]).not.toHaveProperty('bridge');
    expect(sink.of('garage.state')).toEqual([]);
    garage.publisher.stop();
  });

  test('time is left out while the clock is not set', async () => {
    const { sink, clock, ...garage } = await withTemperature();
    clock.epoch = undefined;
    garage.say('greenhouse', { temp: 1 });
    await settle();
    expect(sink.frames[0]?.payload).not.toHaveProperty('_ts');
  });

  test('a full state follows each keyframe interval', async () => {
    const garage = new Garage({ keyframeMs: 10_000, trendMs: 60_000 });
    garage.device('greenhouse', ['temp']);
    await garage.settled();
    await garage.clock.advance(30_000);
    expect(garage.sink.of('garage.state').filter((frame) => frame['_full'])).toHaveLength(3);
    expect(garage.sink.types().filter((type) => type !== 'trend')).toEqual(
      range(3).flatMap(() => ['state', 'quality', 'health']),
    );
  });

  test('requests for everything are answered at once, then at most once a second', async () => {
    const { sink, clock, publisher } = await withTemperature();
    publisher.full();
    await settle();
    expect(sink.of('garage.state')).toHaveLength(1);
    for (const _ of range(20)) {
      publisher.full();
      await clock.advance(10);
    }
    expect(sink.of('garage.state')).toHaveLength(1);
    await clock.advance(800);
    expect(sink.of('garage.state').map((frame) => frame['_full'])).toEqual([true, true]);
    await clock.advance(5_000);
    expect(sink.of('garage.state')).toHaveLength(2);
  });

  test('trends come at their pace, of good numbers only, and not at all where there are none', async () => {
    const { sink, clock, store, ...garage } = await prepared();
    garage.device('greenhouse', ['temp', 'hum']);
    garage.device('yard', ['gate'], 'string');
    garage.publisher.start();
    await clock.advance(5_000);
    expect(sink.of('garage.trend')).toEqual([]);
    garage.say('greenhouse', { temp: 21 });
    garage.say('yard', { gate: 'open' });
    await clock.advance(4_000);
    expect(sink.of('garage.trend')).toMatchObject([{ greenhouse: { temp: 21 } }, { greenhouse: { temp: 21 } }]);
    expect(Object.keys(sink.of('garage.trend')[0] ?? {})).toEqual(['msg_type', 'greenhouse', '_src', '_seq', '_ts']);
    store.stale('greenhouse');
    await clock.advance(4_000);
    expect(sink.of('garage.trend')).toHaveLength(2);
    garage.publisher.full();
    await clock.advance(0);
    expect(sink.of('garage.history').at(-1)).toMatchObject({ greenhouse: { temp: [21, 21] } });
  });

  test('ten thousand points come in parts of less than 64 KiB each', async () => {
    const { sink, clock, ...garage } = await prepared();
    const names = range(100).map((i) => `point_number_${i}`);
    for (const i of range(100)) {
      garage.device(`device_${i}`, names);
      garage.say(`device_${i}`, Object.fromEntries(names.map((name, j) => [name, i + j / 7])));
    }
    garage.publisher.start();
    await clock.advance(1_500);
    const frames = sink.of('garage.state');
    expect(frames.length).toBeGreaterThan(5);
    expect(frames.map((frame) => frame['_part'])).toEqual(frames.map((_, i) => [i + 1, frames.length]));
    for (const frame of sink.frames) expect(asciiSize(frame.payload)).toBeLessThan(64 * 1024);
    expect(fold(frames).size).toBe(10_000);
    expect(fold(sink.of('garage.quality')).size).toBe(10_000);
    expect(sink.peakPerSecond()).toBeLessThanOrEqual(48);
  });

  test('text of any language arrives; text too large for a frame is unknown and counted', async () => {
    const { sink, ...garage } = await prepared();
    garage.device('yard', ['gate', 'name', 'novel'], 'string');
    garage.say('yard', { gate: 'geöffnet 🙂 \u2028"', name: '\ud800', novel: 'é'.repeat(11_000) });
    garage.publisher.start();
    await settle();
    expect(sink.of('garage.state')[0]).toMatchObject({
      yard: { gate: 'geöffnet 🙂 \u2028"', name: '\ud800', novel: null },
    });
    expect(garage.publisher.stats.oversize).toBe(1);
    expect(garage.warnings).toEqual(['a value too large for a frame was left out']);
  });

  test('ids that mean something to JavaScript are ordinary ids', async () => {
    const { sink, ...garage } = await prepared();
    garage.device('constructor', ['to_string', 'constructor']);
    garage.say('constructor', { constructor: 1 } as unknown as { [point: string]: number });
    garage.publisher.start();
    await settle();
    expect(JSON.stringify(sink.of('garage.state')[0])).toContain('"constructor":{"to_string":null,"constructor":1}');
  });
});

describe('commands', () => {
  test('the ack comes first, then at once the truth, changed or not', async () => {
    const { sink, publisher, ...garage } = await withTemperature();
    garage.say('greenhouse', { temp: 1 });
    await settle();
    const first = publisher.hold('greenhouse', 'temp');
    garage.say('greenhouse', { temp: 2 });
    await garage.clock.advance(1_000);
    sink.frames.length = 0;
    publisher.ack({ cmd_id: 'c1', to: 'phone', ok: true, value: 2 }, first.answered(2));
    await settle();
    expect(sink.types()).toEqual(['command_ack', 'state']);
    expect(sink.frames[0]?.payload).toMatchObject({ cmd_id: 'c1', to: 'phone', ok: true, value: 2, _src: 'nonce' });
    expect(sink.frames[1]?.payload).toMatchObject({ greenhouse: { temp: 2 } });
    const second = publisher.hold('greenhouse', 'temp');
    publisher.ack({ cmd_id: 'c2', to: 'phone', ok: false, code: 'range', message: 'too much' }, second.answered());
    await settle();
    expect(sink.types().slice(2)).toEqual(['command_ack', 'state']);
  });

  test('acks and replies leave first, also while the budget is spent on events', async () => {
    const { sink, store, publisher, clock, ...garage } = await prepared();
    garage.device('yard', ['button'], 'string', 'event');
    publisher.start();
    await clock.advance(1_000);
    sink.frames.length = 0;
    for (const i of range(200)) store.event('yard', { point: 'button', event: 'pressed', count: i });
    await settle();
    expect(sink.of('garage.event')).toHaveLength(6);
    let replied = 0;
    publisher.ack({ cmd_id: 'c', to: 'p', ok: true });
    publisher.reply(() => replied++);
    await settle();
    expect([sink.types().at(-1), replied]).toEqual(['command_ack', 1]);
    await clock.advance(6_000);
    expect(sink.of('garage.event').map((frame) => frame['count'])).toEqual(range(200));
    expect(publisher.stats.frames).toMatchObject({ command_ack: 1, reply: 1, event: 200 });
    expect(sink.frames.map(({ payload }) => payload['_seq'])).toEqual(sink.frames.map((_, i) => i + 4));
    expect(sink.peakPerSecond()).toBeLessThanOrEqual(48);
  });

  test('a reply that fails is its own trouble', async () => {
    const { sink, publisher } = await withTemperature();
    publisher.reply(() => {
      throw new Error('gone');
    });
    publisher.ack({ cmd_id: 'c', to: 'p', ok: true });
    await settle();
    expect(sink.types()).toEqual(['command_ack']);
    expect(publisher.stats.failures).toBe(1);
  });
});

describe('a connection in trouble', () => {
  test('a refused frame is sent again, with the values of then', async () => {
    const { sink, clock, publisher, ...garage } = await withTemperature();
    sink.refuse = 2;
    garage.say('greenhouse', { temp: 5 });
    await settle();
    garage.say('greenhouse', { temp: 6 });
    expect(publisher.stats.failures).toBe(1);
    await clock.advance(500);
    expect(fold(sink.of('garage.state').slice(0, 1))).toEqual(new Map([['greenhouse.temp', 6]]));
    expect(sink.frames.map(({ payload }) => payload['_seq'])).toEqual([...sink.frames.keys()].map((i) => i + 4));
    expect(publisher.stats.failures).toBe(2);
  });

  test('a stalled socket holds back everything but acks, and then gets the last values', async () => {
    const { sink, clock, store, publisher, ...garage } = await withTemperature();
    sink.stalled = true;
    sink.fill(300 * 1024);
    for (const i of range(1_000)) {
      garage.say('greenhouse', { temp: i });
      await clock.advance(10);
    }
    publisher.ack({ cmd_id: 'c', to: 'p', ok: true });
    await settle();
    expect(sink.types()).toEqual(['command_ack']);
    sink.stalled = false;
    await clock.advance(100);
    expect(sink.of('garage.state')).toMatchObject([{ greenhouse: { temp: 999 } }]);
    expect(store.point('greenhouse', 'temp')?.value).toBe(999);
  });

  test('a peer that does not read slows frames to three a second; all is well a second after it reads', async () => {
    const { sink, clock, ...garage } = await withTemperature();
    sink.answerMs = 5_000;
    const feed = async (ms: number) => {
      for (let i = 0; i < ms; i += 50) {
        garage.say('greenhouse', { temp: clock.now() });
        await clock.advance(50);
      }
    };
    await feed(10_000);
    sink.frames.length = 0;
    await feed(20_000);
    expect(sink.frames.length).toBeGreaterThanOrEqual(57);
    expect(sink.frames.length).toBeLessThanOrEqual(61);
    expect(sink.of('garage.state').length).toBeGreaterThanOrEqual(29);
    sink.answerMs = 1;
    await feed(1_000);
    sink.frames.length = 0;
    await feed(2_000);
    expect(sink.of('garage.state').length).toBeGreaterThanOrEqual(9);
    expect(sink.of('garage.trend').length).toBeGreaterThanOrEqual(1);
  });

  test('an event storm lets the state through', async () => {
    const { sink, clock, store, publisher, ...garage } = await withTemperature();
    garage.device('yard', ['button'], 'string', 'event');
    for (const i of range(500)) {
      for (const _ of range(5)) store.event('yard', { point: 'button', event: 'pressed' });
      garage.say('greenhouse', { temp: i });
      await clock.advance(10);
    }
    expect(sink.of('garage.state').length).toBeGreaterThanOrEqual(6);
    expect(sink.peakPerSecond()).toBeLessThanOrEqual(48);
    await clock.advance(40_000);
    const { droppedEvents } = publisher.stats;
    expect(droppedEvents).toBeGreaterThan(1_000);
    expect(sink.of('garage.event').length + droppedEvents).toBe(2_500);
    expect(garage.warnings).toEqual([`${droppedEvents} event frames were dropped: more came than may be sent`]);
  });

  test('a flood of events that lasts is reported while it lasts, in words that blame nobody else', async () => {
    const { clock, store, ...garage } = await withTemperature();
    garage.device('yard', ['button'], 'string', 'event');
    for (let ms = 0; ms < 60_000; ms += 100) {
      for (const _ of range(20)) store.event('yard', { point: 'button', event: 'pressed' });
      await clock.advance(100);
    }
    expect(garage.warnings).toHaveLength(5);
    for (const text of garage.warnings) {
      expect(text).toMatch(/^1\d{3} event frames were dropped: more came than may be sent$/);
    }
  });

  test('what a slow relay and an absent one cost is said in their own words', async () => {
    const { sink, clock, store, publisher, ...garage } = await withTemperature();
    garage.device('yard', ['button'], 'string', 'event');
    sink.stalled = true;
    sink.fill(300 * 1024);
    for (const _ of range(1_100)) {
      store.event('yard', { point: 'button', event: 'pressed' });
      await settle();
    }
    publisher.down();
    store.event('yard', { point: 'button', event: 'pressed' });
    await clock.advance(10_000);
    sink.reconnect();
    publisher.up();
    expect(garage.warnings).toEqual([
      '100 event frames were dropped: the relay, or a phone on it, is too slow',
      '1000 event frames were dropped: the relay is away',
      '1 event frames were dropped: the relay is away',
    ]);
  });

  test('nothing of before a loss is said after it; lost events are counted and logged once', async () => {
    const { sink, clock, store, publisher, ...garage } = await withTemperature();
    garage.device('yard', ['button'], 'string', 'event');
    await clock.advance(500);
    sink.frames.length = 0;
    sink.ready = false;
    for (const _ of range(3)) store.event('yard', { point: 'button', event: 'pressed' });
    publisher.ack({ cmd_id: 'old', to: 'p', ok: true });
    publisher.log({ level: 'info', text: 'old' });
    publisher.reply(() => expect.unreachable());
    await clock.advance(50);
    publisher.down();
    store.event('yard', { point: 'button', event: 'pressed' });
    garage.say('greenhouse', { temp: 77 });
    await clock.advance(5_000);
    expect(sink.frames).toEqual([]);
    sink.reconnect();
    publisher.up();
    await clock.advance(1_000);
    expect(sink.types().filter((type) => type !== 'trend')).toEqual(['state', 'quality', 'health', 'history']);
    expect(sink.of('garage.state')).toMatchObject([{ greenhouse: { temp: 77 }, _full: true }]);
    expect(publisher.stats).toMatchObject({ droppedEvents: 4, droppedAcks: 2, droppedLogs: 1 });
    expect(garage.warnings.map((text) => text.slice(0, 8))).toEqual(['3 event ', '1 event ']);
  });

  test('queues are bounded', async () => {
    const { sink, clock, publisher } = await withTemperature();
    sink.ready = false;
    for (const i of range(100)) publisher.ack({ cmd_id: `${i}`, to: 'p', ok: true });
    for (const i of range(150)) publisher.log({ level: 'info', text: `line ${i}` });
    expect(publisher.stats).toMatchObject({ droppedAcks: 36, droppedLogs: 50 });
    sink.ready = true;
    await clock.advance(60_000);
    expect(sink.of('command_ack').map((frame) => frame['cmd_id'])).toEqual(range(64).map((i) => `${i + 36}`));
    expect(sink.of('garage.log')[0]).toMatchObject({ entry: { text: 'line 50', level: 'info' } });
  });
});

describe('the end', () => {
  test('the last frame says that all is offline, after acks and values that waited', async () => {
    const { sink, publisher, clock, ...garage } = await withTemperature();
    garage.say('greenhouse', { temp: 1 });
    await settle();
    sink.frames.length = 0;
    garage.say('greenhouse', { temp: 0 });
    publisher.ack({ cmd_id: 'c', to: 'p', ok: false, code: 'offline' });
    await publisher.lastFrames();
    expect(sink.types()).toEqual(['command_ack', 'state', 'health']);
    expect(sink.frames[1]?.payload).toMatchObject({ greenhouse: { temp: 0 } });
    expect(sink.frames[2]?.payload).toMatchObject({ greenhouse: 'offline', bridge: 'offline', _full: true });
    garage.say('greenhouse', { temp: 9 });
    await clock.advance(60_000);
    expect(sink.frames).toHaveLength(3);
    expect(clock.timers).toBe(0);
  });

  test('a normal stop loses nothing that is worth a word', async () => {
    const { publisher, store, ...garage } = await withTemperature();
    garage.device('yard', ['button'], 'string', 'event');
    store.event('yard', { point: 'button', event: 'pressed' });
    publisher.log({ level: 'warn', text: 'greenhouse: offline' });
    const last = publisher.lastFrames();
    publisher.log({ level: 'warn', text: 'yard: offline' });
    await last;
    publisher.log({ level: 'warn', text: 'door: offline' });
    publisher.stop();
    expect([...garage.warnings, ...garage.notes]).toEqual([]);
    expect(publisher.stats.droppedLogs).toBe(3);
    expect(publisher.stats.droppedEvents).toBe(0);
  });

  test('it comes within 0.6 s, whatever waits, and even to a sleeping peer', async () => {
    const { sink, publisher, clock, store, ...garage } = await withTemperature();
    garage.device('yard', ['button'], 'string', 'event');
    sink.answerMs = Number.POSITIVE_INFINITY;
    for (const i of range(500)) {
      store.event('yard', { point: 'button', event: 'pressed' });
      garage.say('greenhouse', { temp: i });
    }
    await clock.advance(2_000);
    let over = false;
    const last = publisher.lastFrames().then(() => {
      over = true;
    });
    await clock.advance(600);
    expect(over).toBe(true);
    await last;
    expect(sink.frames.at(-1)?.payload).toMatchObject({ msg_type: 'garage.health', bridge: 'offline' });
    expect(sink.peakPerSecond()).toBeLessThanOrEqual(48);
  });

  test('a lost connection does not keep it waiting', async () => {
    const { sink, publisher, clock } = await withTemperature();
    sink.ready = false;
    publisher.ack({ cmd_id: 'c', to: 'p', ok: true });
    const last = publisher.lastFrames();
    publisher.down();
    await last;
    expect(sink.frames).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  test('stop leaves no timer behind', async () => {
    const { publisher, clock, ...garage } = await withTemperature();
    publisher.full();
    publisher.full();
    garage.say('greenhouse', { temp: 1 });
    await settle();
    garage.say('greenhouse', { temp: 2 });
    await settle();
    expect(clock.timers).toBeGreaterThan(3);
    publisher.stop();
    expect(clock.timers).toBe(0);
  });
});

test('another pace in between takes no answer from anybody', async () => {
  const { sink, clock, publisher } = await withTemperature();
  const shape = { bound: undefined, frameBytes: undefined, keyframeMs: 30_000, policies: undefined, trendMs: 2_000 };
  for (const i of range(30)) publisher.ack({ cmd_id: `c${i}`, to: 'anna', ok: true });
  await clock.advance(100);
  expect(sink.of('command_ack').length).toBeLessThan(20);
  publisher.reshape({ ...shape, maxHz: 2 });
  await clock.advance(2_000);
  expect(sink.of('command_ack').map((ack) => ack['cmd_id'])).toEqual(range(30).map((i) => `c${i}`));
});

test('another pace in between tells nothing of a command that is under way, and takes its answer for no other one', async () => {
  const { sink, clock, publisher, say } = await withTemperature();
  const shape = { bound: undefined, frameBytes: undefined, keyframeMs: 30_000, policies: undefined, trendMs: 2_000 };
  const told = () =>
    sink.of('garage.state').map((frame) => (frame['greenhouse'] as { temp?: number } | undefined)?.temp);
  const first = publisher.hold('greenhouse', 'temp');
  say('greenhouse', { temp: 30 });
  publisher.reshape({ ...shape, maxHz: 10 });
  await clock.advance(1_000);
  expect(told()).not.toContain(30);
  const second = publisher.hold('greenhouse', 'temp');
  publisher.ack({ cmd_id: 'first', to: 'anna', ok: true, value: 30 }, first.answered(30));
  say('greenhouse', { temp: 31 });
  await clock.advance(1_000);
  expect(told()).toContain(30);
  expect(told()).not.toContain(31);
  publisher.ack({ cmd_id: 'second', to: 'anna', ok: true, value: 31 }, second.answered(31));
  await clock.advance(1_000);
  expect(told().at(-1)).toBe(31);
});

test('a value that was lost is told as lost, whatever is answered of before', async () => {
  const { sink, clock, publisher, say } = await withTemperature();
  const [first] = range(3).map(() => publisher.hold('greenhouse', 'temp'));
  say('greenhouse', { temp: 30 });
  publisher.ack({ cmd_id: 'c', to: 'anna', ok: true, value: 30 }, first?.answered(30));
  await clock.advance(1_000);
  say('greenhouse', { temp: null });
  await clock.advance(1_000);
  const told = () =>
    sink.of('garage.state').map((frame) => (frame['greenhouse'] as { temp?: unknown } | undefined)?.temp);
  expect(told().at(-1)).toBe(null);
});

test('a thousand readings a second make few frames and no timer each', async () => {
  const { sink, clock, ...garage } = await prepared();
  const names = range(20).map((i) => `p${i}`);
  garage.device('greenhouse', names);
  garage.publisher.start();
  await clock.advance(1_000);
  sink.frames.length = 0;
  let most = 0;
  for (const i of range(2_000)) {
    garage.say('greenhouse', { [`p${i % 20}`]: i });
    await clock.advance(1);
    most = Math.max(most, clock.timers);
  }
  expect(sink.of('garage.state').length).toBeLessThanOrEqual(11);
  expect(most).toBeLessThanOrEqual(4);
});

/** Everything of a garage; its functions bound, so that it can be taken apart. */
async function prepared() {
  return takenApart(new Garage());
}

async function withTemperature() {
  const garage = new Garage();
  garage.device('greenhouse', ['temp']);
  garage.say('greenhouse', { temp: 20 });
  return takenApart(await garage.settled());
}

function takenApart(garage: Garage) {
  const { clock, store, sink, history, publisher, warnings, notes } = garage;
  const device = garage.device.bind(garage);
  return { clock, store, sink, history, publisher, warnings, notes, device, say: garage.say.bind(garage) };
}
