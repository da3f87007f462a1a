import { afterEach, describe, expect, it } from 'vitest';
import { LinesDriver } from '../../devices/lines/driver.js';
import { linesOptions } from '../../devices/lines/options.js';
import { DriverBench, outcome } from '../support/driver-bench.js';

const PUMP = { role: 'actuator', type: 'boolean', write: 'PUMP {value:on|off}' };
const LEVEL = { role: 'actuator', type: 'number', min: 0, max: 100, step: 1, write: 'L{value}' };
const REPLY = { reply: '^OK(?: (?<value>\\w+))?$', refuse: '^ERR' };

let bench: DriverBench;
afterEach(() => bench.close());

async function live(points: Record<string, object> | undefined, more: object = {}) {
  bench = new DriverBench(new LinesDriver(linesOptions.parse({ port: '/dev/fake', points, ...more })));
  return await bench.connect();
}

describe('connecting', () => {
  it('describes listed points before anything was said, with unknown values', async () => {
    await live({ temp: {}, pump: PUMP }, { baud: 9600, newline: 'crlf', dtr: false });
    expect(bench.values).toEqual({ temp: null, pump: null });
    expect(bench.port.options).toMatchObject({ port: '/dev/fake', baud: 9600, newline: '\r\n', dtr: false });
    expect(bench.port.options).not.toHaveProperty('rts');
  });

  it('is live with the first line, else after boot', async () => {
    bench = new DriverBench(new LinesDriver(linesOptions.parse({ port: '/dev/fake', boot: '3s' })));
    let sessions = 0;
    void bench.begin().then(() => sessions++);
    await bench.clock.advance(1000);
    expect(sessions).toBe(0);
    bench.port.say('ready');
    await bench.clock.advance(0);
    expect(sessions).toBe(1);
    expect(bench.clock.timers).toBe(0);
  });

  it('gives up at once when aborted', async () => {
    bench = new DriverBench(new LinesDriver(linesOptions.parse({ port: '/dev/fake' })));
    const session = outcome(bench.begin());
    await bench.clock.advance(10);
    await bench.close();
    expect(await session).toBe('bridge/stopping');
    expect(bench.clock.timers).toBe(0);
  });
});

describe('reading', () => {
  it('passes on listed values, counts and ignores the rest', async () => {
    await live({ temp: { from: 'Temp C' }, on: { type: 'boolean' } });
    bench.port.say('Temp C: 21.5, hum: 45, on: 1');
    expect(bench.values).toEqual({ temp: 21.5, on: true });
    expect(bench.counters.ignored).toBe(1);
    bench.port.say('*** boot ***');
    expect(bench.counters.ignored).toBe(2);
    expect(bench.values).toEqual({ temp: 21.5, on: true });
  });

  it('makes one point unknown by nan or a word, and keeps the rest of the line', async () => {
    await live({ temp: {}, hum: {} });
    bench.port.say('temp=21 hum=45');
    bench.port.say('temp=nan hum=46');
    expect(bench.values).toEqual({ temp: null, hum: 46 });
    expect(bench.counters.ignored).toBe(0);
    bench.port.say('temp=broken hum=47');
    expect(bench.values).toEqual({ temp: null, hum: 47 });
    expect(bench.counters.ignored).toBe(1);
  });

  it('keeps its values whatever garbage comes between lines', async () => {
    await live({ temp: {} });
    bench.port.say('temp=21');
    bench.port.send(Buffer.from([0, 255, 254, 10, 0x74, 0x65, 0xff, 10]));
    for (const noise of ['temp', 'temp=', '{"x":', 'temp==3', 'tem=99', '=5', 'temp=1 temp=2']) {
      if (noise === 'temp=') continue;
      bench.port.say(noise);
      expect(bench.values).toEqual({ temp: 21 });
    }
  });

  it('tells events: words each time, counts when they rise', async () => {
    await live({ button: { role: 'event' }, clicks: { role: 'event' }, temp: {} });
    for (const line of [
      'button=pressed',
      'clicks=5',
      'clicks=5',
      'clicks=7',
      'button=',
      'clicks=0',
      'button=pressed temp=3',
    ]) {
      bench.port.say(line);
    }
    expect(bench.events).toEqual([
      { point: 'button', event: 'pressed' },
      { point: 'clicks', event: 'count', count: 7 },
      { point: 'button', event: 'pressed' },
    ]);
    expect(bench.store.point('dev', 'temp')?.value).toBe(3);
  });

  it('ends the session when the banner comes again, not for the one after opening', async () => {
    bench = new DriverBench(new LinesDriver(linesOptions.parse({ port: '/dev/fake', banner: '^Greenhouse v' })));
    const session = bench.begin();
    await bench.clock.advance(500);
    bench.port.say('temp=21');
    bench.port.say('Greenhouse v2');
    await session;
    expect(bench.clock.now()).toBe(500);
    expect(bench.io.signal.aborted).toBe(false);
    await bench.clock.advance(5000);
    bench.port.say('Greenhouse v2');
    expect(bench.io.signal.reason).toMatchObject({ code: 'device/lost' });
  });
});

describe('commands confirmed by a reading', () => {
  it('are done when the reading says so, not before', async () => {
    const session = await live({ pump: PUMP });
    bench.port.say('pump=off');
    const done = bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(400);
    bench.port.say('pump=off');
    await bench.clock.advance(400);
    expect(bench.values).toEqual({ pump: false });
    bench.port.say('pump=on');
    expect(await done).toEqual({ value: true, settled: true });
    expect(bench.port.written).toEqual(['PUMP on']);
    expect(bench.clock.timers).toBe(0);
  });

  it('are not confirmed by what was said before the write', async () => {
    const session = await live({ pump: PUMP });
    bench.port.say('pump=on');
    const done = outcome(bench.apply(session, { point: 'pump', value: true }));
    await bench.clock.advance(1500);
    expect(await done).toBe('device/timeout');
    expect(bench.values).toEqual({ pump: true });
  });

  it('confirm numbers within half a step', async () => {
    const session = await live({ level: LEVEL });
    const done = bench.apply(session, { point: 'level', value: 50 });
    await bench.clock.advance(10);
    bench.port.say('level=50.4');
    expect(await done).toEqual({ value: 50.4, settled: true });
  });

  it('are a mismatch with the truth when the board says something else until the deadline', async () => {
    const session = await live({ level: LEVEL });
    const done = bench.apply(session, { point: 'level', value: 50 });
    const refused = expect(done).rejects.toMatchObject({
      code: 'device/mismatch',
      message: 'level should be 50, the board says 30',
    });
    await bench.clock.advance(100);
    bench.port.say('level=30');
    await bench.clock.advance(1500);
    await refused;
    expect(bench.values).toEqual({ level: 30 });
  });

  it('fail when the board goes away', async () => {
    const session = await live({ pump: PUMP });
    const done = outcome(bench.apply(session, { point: 'pump', value: true }));
    await bench.clock.advance(10);
    bench.port.vanish();
    expect(await done).toBe('port/gone');
    expect(bench.clock.timers).toBeLessThanOrEqual(1);
  });

  it('may be under way for several points at once', async () => {
    const session = await live({ pump: PUMP, level: LEVEL });
    const pump = bench.apply(session, { point: 'pump', value: true });
    const level = bench.apply(session, { point: 'level', value: 7 });
    await bench.clock.advance(10);
    bench.port.say('level=7, pump=on');
    expect(await Promise.all([pump, level])).toEqual([
      { value: true, settled: true },
      { value: 7, settled: true },
    ]);
  });

  it('are refused where nothing can be written', async () => {
    const session = await live({ temp: {}, text: { role: 'actuator', type: 'string', write: 'SAY {value}' } });
    for (const command of [
      { point: 'temp', value: 1 },
      { point: 'nobody', value: 1 },
      { point: 'text', value: 'hi\nPUMP on' },
      { point: 'text', value: 'x'.repeat(300) },
    ]) {
      expect(await outcome(bench.apply(session, command))).toBe('device/refused');
    }
    expect(bench.port.written).toEqual([]);
  });
});

describe('commands confirmed by a reply', () => {
  const points = { pump: { ...PUMP, confirm: REPLY }, fan: { ...PUMP, write: 'FAN {value:on|off}', confirm: REPLY } };

  it('are done with the reply, and are what the board says', async () => {
    const session = await live(points);
    const done = bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(10);
    expect(bench.values['pump']).toBeNull();
    bench.port.say('OK');
    expect(await done).toEqual({ value: true, settled: true });
    expect(bench.values['pump']).toBe(true);
  });

  it('are a mismatch when the reply names another value, which is believed', async () => {
    const session = await live(points);
    const done = outcome(bench.apply(session, { point: 'pump', value: true }));
    await bench.clock.advance(10);
    bench.port.say('OK off');
    expect(await done).toBe('device/mismatch');
    expect(bench.values['pump']).toBe(false);
  });

  it('are refused with the words of the board, and change nothing', async () => {
    const session = await live(points);
    bench.port.say('pump=off');
    const done = bench.apply(session, { point: 'pump', value: true });
    const refused = expect(done).rejects.toMatchObject({
      code: 'device/refused',
      message: 'the board says "ERR tank dry"',
    });
    await bench.clock.advance(10);
    bench.port.say('ERR tank dry');
    await refused;
    expect(bench.values['pump']).toBe(false);
  });

  it('leave the point unknown when no answer comes', async () => {
    const session = await live(points);
    bench.port.say('pump=off');
    const done = outcome(bench.apply(session, { point: 'pump', value: true }));
    await bench.clock.advance(1500);
    expect(await done).toBe('device/timeout');
    expect(bench.values['pump']).toBeNull();
  });

  it('go out one after the other, since an OK does not say what it answers', async () => {
    const session = await live(points);
    const pump = bench.apply(session, { point: 'pump', value: true });
    const fan = bench.apply(session, { point: 'fan', value: true });
    await bench.clock.advance(10);
    expect(bench.port.written).toEqual(['PUMP on']);
    bench.port.say('OK');
    await pump;
    await bench.clock.advance(10);
    expect(bench.port.written).toEqual(['PUMP on', 'FAN on']);
    bench.port.say('OK');
    expect(await fan).toEqual({ value: true, settled: true });
  });

  it('are not written any more when their time ran out while they waited', async () => {
    const session = await live(points);
    const pump = outcome(bench.apply(session, { point: 'pump', value: true }));
    const fan = outcome(bench.apply(session, { point: 'fan', value: true }, 1000));
    await bench.clock.advance(1500);
    expect([await pump, await fan]).toEqual(['device/timeout', 'device/timeout']);
    expect(bench.port.written).toEqual(['PUMP on']);
  });

  it('are all written at once when everything must be safe, also to a board that does not answer', async () => {
    const session = await live(points);
    const done = outcome(session.safeAll?.(new AbortController().signal) ?? Promise.resolve());
    await bench.clock.advance(0);
    expect(bench.port.written.slice(0, 2)).toEqual(['PUMP off', 'FAN off']);
    bench.port.onWrite = () => bench.port.say('OK');
    await bench.clock.advance(5000);
    expect(await done).toBe('device/timeout');
    expect(bench.values['fan']).toBe(false);
  });
});

describe('commands that nothing confirms', () => {
  it('are assumed, and say so', async () => {
    const session = await live({ pump: { ...PUMP, confirm: 'assume' } });
    expect(bench.store.point('dev', 'pump')?.spec.assumed).toBe(true);
    const done = bench.apply(session, { point: 'pump', value: true });
    await bench.clock.advance(10);
    expect(await done).toEqual({ value: true, settled: true });
    expect(bench.values).toEqual({ pump: true });
  });
});
