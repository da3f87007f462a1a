import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { LinesDriver } from '../../devices/lines/driver.js';
import { linesOptions } from '../../devices/lines/options.js';
import { LinesSimulator } from '../../devices/lines/simulator.js';
import type { DeviceSession } from '../../src/device/driver.js';
import { BridgeError } from '../../src/error.js';
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

  it('passes one value on to every sensor that reads it', async () => {
    await live({ raw: { from: 'temp' }, smooth: { from: 'temp', filters: [{ median: 5 }] }, hum: {} });
    bench.port.say('temp=21 hum=45');
    expect(bench.values).toEqual({ raw: 21, smooth: 21, hum: 45 });
    bench.port.say('temp=nan hum=45');
    expect(bench.values).toEqual({ raw: null, smooth: null, hum: 45 });
    expect(bench.counters.ignored).toBe(0);
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

  /** Commands that what must be safe does not wait for. */
  const stop = (session: DeviceSession) =>
    ['pump', 'fan'].map((point) => outcome(bench.apply(session, { point, value: false }, 1000)));
  const OK = { value: true, settled: true };

  it('keep their turn when they timed out: the late reply of one does not confirm the next', async () => {
    const session = await live({ ...points, pump: { ...points.pump, within: '300ms' } });
    const pump = outcome(bench.apply(session, { point: 'pump', value: true }, 300));
    const fan = bench.apply(session, { point: 'fan', value: true });
    await bench.clock.advance(400);
    expect(await pump).toBe('device/timeout');
    expect(bench.port.written).toEqual(['PUMP on']);
    bench.port.say('OK');
    await bench.clock.advance(10);
    expect(bench.port.written).toEqual(['PUMP on', 'FAN on']);
    expect(bench.values['fan']).toBeNull();
    bench.port.say('OK');
    expect(await fan).toEqual(OK);
    expect(bench.clock.timers).toBe(0);
  });

  it('wait no longer than 2 s for the late reply of another', async () => {
    const session = await live({ ...points, pump: { ...points.pump, within: '300ms' } });
    const pump = outcome(bench.apply(session, { point: 'pump', value: true }, 300));
    const early = outcome(bench.apply(session, { point: 'fan', value: true }, 1000));
    await bench.clock.advance(2200);
    expect([await pump, await early]).toEqual(['device/timeout', 'device/timeout']);
    const fan = bench.apply(session, { point: 'fan', value: true });
    await bench.clock.advance(99);
    expect(bench.port.written).toEqual(['PUMP on']);
    await bench.clock.advance(1);
    expect(bench.port.written).toEqual(['PUMP on', 'FAN on']);
    bench.port.say('OK');
    expect(await fan).toEqual(OK);
  });

  it('need not wait where the reply names the value of the same point', async () => {
    const session = await live(points);
    const on = outcome(bench.apply(session, { point: 'pump', value: true }, 300));
    await bench.clock.advance(300);
    expect(await on).toBe('device/timeout');
    const off = bench.apply(session, { point: 'pump', value: false });
    await bench.clock.advance(0);
    expect(bench.port.written).toEqual(['PUMP on', 'PUMP off']);
    bench.port.say('OK on');
    await bench.clock.advance(10);
    expect(bench.values['pump']).toBeNull();
    bench.port.say('OK off');
    expect(await off).toEqual({ value: false, settled: true });
  });

  it('are written at once when they make safe, but an OK that may be for an older command does not confirm them', async () => {
    const session = await live(points);
    const on = outcome(bench.apply(session, { point: 'pump', value: true }, 300));
    await bench.clock.advance(350);
    expect(await on).toBe('device/timeout');
    const stopped = stop(session);
    await bench.clock.advance(0);
    expect(bench.port.written).toEqual(['PUMP on', 'PUMP off', 'FAN off']);
    bench.port.say('OK');
    bench.port.say('OK');
    await bench.clock.advance(900);
    expect(bench.values).toEqual({ pump: null, fan: null });
    bench.port.say('OK');
    expect(await Promise.all(stopped)).toEqual(Array(2).fill({ value: false, settled: true }));
  });

  it('are refused each by its own answer', async () => {
    const session = await live(points);
    const stopped = stop(session);
    await bench.clock.advance(0);
    bench.port.say('ERR stuck');
    bench.port.say('OK');
    expect(await Promise.all(stopped)).toEqual(['device/refused', { value: false, settled: true }]);
  });

  it('are all written at once when everything must be safe, also to a board that does not answer', async () => {
    const session = await live(points);
    const stopped = stop(session);
    await bench.clock.advance(1000);
    expect(bench.port.written).toEqual(['PUMP off', 'FAN off']);
    expect(await Promise.all(stopped)).toEqual(['device/timeout', 'device/timeout']);
  });

  it('are confirmed at the second try after a reply was lost', async () => {
    const session = await live(points);
    const on = outcome(bench.apply(session, { point: 'pump', value: true }, 300));
    await bench.clock.advance(300);
    expect(await on).toBe('device/timeout');
    bench.port.onWrite = () => bench.port.say('OK');
    const tries = [];
    for (let i = 0; i < 2; i++) {
      const off = outcome(bench.apply(session, { point: 'pump', value: false }, 300));
      await bench.clock.advance(300);
      tries.push(await off);
    }
    expect(tries).toEqual(['device/timeout', { value: false, settled: true }]);
  });

  it('are only confirmed when the board has obeyed, however late it is and whatever replies get lost', async () => {
    const times = fc.integer({ min: 1, max: 400 });
    const step = fc.record({
      point: fc.constantFrom('pump', 'fan'),
      value: fc.boolean(),
      patience: times,
      pause: times,
      delay: times,
      lost: fc.boolean(),
      named: fc.boolean(),
    });
    // Off, on, off: the answer to the first off must not pass for that to the second.
    const quick = { point: 'pump' as const, patience: 1, pause: 1, delay: 1, lost: false, named: false };
    const contrary = [
      { ...quick, value: false, delay: 2 },
      { ...quick, value: true },
      { ...quick, value: false },
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 4 }), async (steps) => {
        const session = await live(points);
        const outputs: Record<string, boolean> = {};
        let busyUntil = 0;
        let heard = 0;
        bench.port.onWrite = (line) => {
          const { delay, lost, named } = steps[heard++] ?? { delay: 0, lost: false, named: false };
          busyUntil = Math.max(busyUntil, bench.clock.now()) + delay;
          bench.clock.after(busyUntil - bench.clock.now(), () => {
            const [name = '', word] = line.split(' ');
            outputs[name.toLowerCase()] = word === 'on';
            if (!lost) bench.port.say(named ? `OK ${word}` : 'OK');
          });
        };
        let wrong = 0;
        for (const { point, value, patience, pause } of steps) {
          const done = bench.apply(session, { point, value }, patience);
          done.then(
            () => {
              if (outputs[point] !== value) wrong++;
            },
            () => {},
          );
          // As the command queue has it: one after the other for each point.
          await bench.clock.advance(Math.max(patience, pause));
        }
        await bench.clock.advance(6000);
        await bench.close();
        expect(wrong).toBe(0);
      }),
      { numRuns: 150, examples: [[contrary]] },
    );
  });
});

describe('a slow board that is told the contrary meanwhile', () => {
  const SLOW = { ...PUMP, within: '1500ms' };

  it('confirms only when it has obeyed both', async () => {
    const options = linesOptions.parse({ port: '/dev/fake', points: { pump: SLOW } });
    bench = new DriverBench(new LinesDriver(options));
    const simulator = new LinesSimulator(options, bench.clock, 1);
    const connecting = bench.connect();
    await bench.clock.advance(0);
    bench.plug(simulator);
    const session = await connecting;
    simulator.late(700);
    const abort = new AbortController();
    const on = outcome(session.apply({ point: 'pump', value: true }, abort.signal));
    await bench.clock.advance(100);
    abort.abort(new BridgeError('device/cleared', 'emergency stop'));
    const off = bench.apply(session, { point: 'pump', value: false });
    let confirmedAt = 0;
    void off.then(() => {
      confirmedAt = bench.clock.now();
    });
    expect(await on).toBe('device/cleared');
    const began = bench.clock.now();
    await bench.clock.advance(500);
    expect(bench.values['pump']).toBe(false);
    expect(confirmedAt).toBe(0);
    await bench.clock.advance(1000);
    expect(await off).toEqual({ value: false, settled: true });
    expect(confirmedAt - began).toBe(700);
    expect(simulator.output('pump')).toBe(false);
  });

  it('is believed when the time of the older command is over, and honestly not before', async () => {
    const session = await live({ pump: SLOW });
    const abort = new AbortController();
    const on = outcome(session.apply({ point: 'pump', value: true }, abort.signal));
    abort.abort(new BridgeError('device/cleared', 'emergency stop'));
    await on;
    const first = outcome(bench.apply(session, { point: 'pump', value: false }, 1000));
    for (let i = 0; i < 10; i++) {
      bench.port.say('pump=off');
      await bench.clock.advance(100);
    }
    expect(await first).toBe('device/timeout');
    const second = bench.apply(session, { point: 'pump', value: false }, 1000);
    await bench.clock.advance(499);
    bench.port.say('pump=off');
    await bench.clock.advance(2);
    bench.port.say('pump=off');
    expect(await second).toEqual({ value: false, settled: true });
  });

  it('may have shown the older effect before the newer command came', async () => {
    const session = await live({ pump: SLOW });
    const on = outcome(bench.apply(session, { point: 'pump', value: true }, 100));
    await bench.clock.advance(200);
    expect(await on).toBe('device/timeout');
    bench.port.say('pump=on');
    const off = bench.apply(session, { point: 'pump', value: false });
    await bench.clock.advance(10);
    bench.port.say('pump=off');
    expect(await off).toEqual({ value: false, settled: true });
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
