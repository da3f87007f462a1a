import { describe, expect, it } from 'vitest';
import { Device } from '../../src/device/device.js';
import type { DeviceDriver, DeviceIo } from '../../src/device/driver.js';
import type { PointSpec } from '../../src/device/point.js';
import { BridgeError, describeError } from '../../src/error.js';
import type { Log } from '../../src/log.js';
import { Store } from '../../src/state/store.js';
import { bareMachine } from '../support/bare-machine.js';
import { FakePort } from '../support/fake-line.js';
import { VirtualClock } from '../support/virtual-clock.js';

const POINTS: PointSpec[] = [
  { id: 'temp', role: 'sensor', type: 'number' },
  { id: 'lamp', role: 'actuator', type: 'boolean', safe: false },
];

/** A driver of lines such as `temp 21` and `lamp true`; commands are `lamp=true`, answered so or by `moving lamp`. */
class WordDriver implements DeviceDriver {
  async connect(io: DeviceIo) {
    const handle = (text: string) => {
      const [point = '', value = ''] = text.split(' ');
      if (point === 'moving') return;
      if (point === 'bug') throw new Error('a bug in the driver');
      io.report([{ point, value: point === 'temp' ? Number(value) : value === 'true' }]);
    };
    const link = await io.openLine({ port: '/dev/fake', baud: 9600 }, { line: handle, defect: () => {} });
    io.describe(POINTS);
    return {
      identity: {},
      apply: async ({ point, value }: { point: string; value: unknown }, signal: AbortSignal) => {
        const match = (line: string) => (line === `${point} ${value}` || line === `moving ${point}` ? true : undefined);
        await io.exchange(link, { write: `${point}=${value}`, match, within: 1_000 }, signal);
        return { value: value as boolean, settled: true };
      },
    };
  }
}

function problemIn(fields: object): string {
  const { err } = fields as { err?: unknown };
  return err === undefined ? '' : ` ${describeError(err)}`;
}

function setUp() {
  const clock = new VirtualClock();
  const store = new Store(clock);
  const port = new FakePort(clock);
  const lines: string[] = [];
  const log: Log = {
    debug: () => {},
    info: (fields, message) => void lines.push(`info ${message} ${JSON.stringify(fields)}`),
    warn: (fields, message) => void lines.push(`warn ${message}${problemIn(fields)}`),
    error: (_fields, message) => void lines.push(`error ${message}`),
    child: () => log,
  };
  let appear = () => {};
  let watched = 0;
  let tries = 0;
  const device = new Device({
    ...bareMachine,
    id: 'shed',
    kind: { kind: 'word', inFlight: 'device', pulses: false },
    driver: new WordDriver(),
    openLine: (...request) => {
      tries++;
      return port.open(...request);
    },
    watch: (wake) => {
      watched++;
      appear = wake;
      return () => watched--;
    },
    store,
    clock,
    log,
  });
  const health: string[] = [];
  store.subscribe({ health: (_device, word) => void health.push(word) });
  return {
    clock,
    store,
    port,
    device,
    lines,
    health,
    appear: () => appear(),
    watched: () => watched,
    tries: () => tries,
  };
}

/** Makes the first line whole: bytes of a port just opened may be the end of one. */
async function open(parts: ReturnType<typeof setUp>) {
  parts.device.start();
  await parts.clock.advance(200);
}

describe('a supervised device', () => {
  it('goes live, reports, and leaves nothing behind when stopped', async () => {
    const parts = setUp();
    await open(parts);
    parts.port.say('temp 21');
    expect(parts.store.point('shed', 'temp')).toMatchObject({ value: 21, quality: 'good' });
    expect(parts.device.state).toBe('live');
    const stopped = parts.device.stop();
    await parts.clock.advance(2_000);
    await stopped;
    expect(parts.store.point('shed', 'temp')).toMatchObject({ value: null, quality: 'unknown' });
    expect(parts.health).toEqual(['online', 'offline']);
    expect(parts.clock.timers).toBe(0);
    expect(parts.watched()).toBe(0);
  });

  it('reads first and writes a safe value only to an output that says another one', async () => {
    const parts = setUp();
    parts.port.onWrite = (line) => parts.port.say(line.replace('=', ' '));
    await open(parts);
    parts.port.say('lamp false');
    await parts.clock.advance(3_000);
    expect(parts.port.written).toEqual([]);
    parts.port.vanish();
    await parts.clock.advance(500);
    parts.port.say('lamp true');
    await parts.clock.advance(100);
    expect(parts.port.written).toEqual(['lamp=false']);
    expect(parts.store.point('shed', 'lamp')?.value).toBe(false);
  });

  it('writes a safe value to an output that says nothing', async () => {
    const parts = setUp();
    await open(parts);
    await parts.clock.advance(1_200);
    expect(parts.port.written).toEqual([]);
    await parts.clock.advance(300);
    expect(parts.port.written).toEqual(['lamp=false']);
  });

  it('lets a wish that came meanwhile win over the safe value', async () => {
    const parts = setUp();
    await open(parts);
    await parts.clock.advance(800);
    const outcome = parts.device.command({
      point: 'lamp',
      value: true,
      origin: 'anna',
      deadline: parts.clock.now() + 1_500,
    });
    await parts.clock.advance(900);
    parts.port.say('lamp true');
    await parts.clock.advance(100);
    expect(await outcome).toEqual({ ok: true, value: true });
    expect(parts.port.written).toEqual(['lamp=true']);
  });

  it('leaves an output alone that somebody put to a value, also while it is still on its way', async () => {
    const parts = setUp();
    await open(parts);
    parts.port.onWrite = () => parts.port.say('moving lamp');
    await parts.clock.advance(500);
    const deadline = parts.clock.now() + 1_500;
    const outcome = parts.device.command({ point: 'lamp', value: true, origin: 'anna', deadline });
    await parts.clock.advance(700);
    expect(await outcome).toEqual({ ok: true, value: true });
    await parts.clock.advance(600);
    parts.port.say('lamp true');
    await parts.clock.advance(2_000);
    expect(parts.port.written).toEqual(['lamp=true']);
    expect(parts.store.point('shed', 'lamp')?.value).toBe(true);
  });

  it('never sends to a new connection what was meant for the old one', async () => {
    const parts = setUp();
    await open(parts);
    parts.port.say('lamp false');
    const outcome = parts.device.command({
      point: 'lamp',
      value: true,
      origin: '',
      deadline: parts.clock.now() + 1_500,
    });
    const behind = parts.device.command({ point: 'temp', value: 5, origin: '', deadline: parts.clock.now() + 1_500 });
    await parts.clock.advance(10);
    parts.port.vanish();
    await parts.clock.advance(10);
    expect(await outcome).toMatchObject({ ok: false, code: 'offline' });
    expect(await behind).toMatchObject({ ok: false, code: 'offline' });
    await parts.clock.advance(1_000);
    expect(parts.port.opens).toBe(2);
    parts.port.say('lamp false');
    await parts.clock.advance(3_000);
    expect(parts.port.written).toEqual(['lamp=true']);
  });

  it('tries again with growing delays, warns once, and tells when it is back', async () => {
    const parts = setUp();
    parts.port.refuse(new BridgeError('port/missing', 'no such port'));
    parts.device.start();
    await parts.clock.advance(1_000);
    expect(parts.tries()).toBe(4);
    await parts.clock.advance(59_000);
    expect(parts.tries()).toBeLessThan(20);
    expect(parts.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    parts.port.refuse();
    parts.appear();
    await parts.clock.advance(60);
    expect(parts.device.state).toBe('live');
    expect(parts.lines.join('\n')).toMatch(/the connection works again after 1 min 0 s/);
  });

  it('does not spin when its port appears again and again', async () => {
    const parts = setUp();
    parts.port.refuse(new BridgeError('port/locked', 'in use'));
    parts.device.start();
    for (let i = 0; i < 1_000; i++) {
      parts.appear();
      await parts.clock.advance(1);
    }
    expect(parts.tries()).toBeLessThanOrEqual(21);
  });

  it('is degraded when it keeps going away, and well again after half a minute of peace', async () => {
    const parts = setUp();
    await open(parts);
    for (let i = 0; i < 5; i++) {
      parts.port.vanish();
      await parts.clock.advance(6_000);
    }
    expect(parts.store.health('shed')).toBe('degraded');
    parts.port.say('temp 1');
    await parts.clock.advance(9_000);
    parts.port.say('temp 2');
    await parts.clock.advance(9_000);
    parts.port.say('temp 3');
    await parts.clock.advance(9_000);
    parts.port.say('temp 4');
    await parts.clock.advance(5_000);
    expect(parts.store.health('shed')).toBe('online');
  });

  it('guesses the baud rate wrong when all it gets is garbage', async () => {
    const parts = setUp();
    await open(parts);
    parts.port.say('temp 1');
    for (let i = 0; i < 20; i++) parts.port.send(Buffer.from([0xff, 0xfe, 0x80, 0x0a]));
    expect(parts.store.health('shed')).toBe('degraded');
    expect(parts.lines.join('\n')).toContain('20 unreadable lines in a row; is `baud` the rate');
    parts.port.say('temp 2');
    expect(parts.store.health('shed')).toBe('online');
  });

  it('guesses the baud rate wrong when bytes come that are no text', async () => {
    const parts = setUp();
    await open(parts);
    parts.port.say('temp 1');
    for (let i = 0; i < 2; i++) {
      parts.port.send(Buffer.from('f800e080fe'.repeat(20), 'hex'));
      await parts.clock.advance(1_000);
    }
    expect(parts.store.health('shed')).toBe('degraded');
    expect(parts.lines.filter((line) => line.startsWith('warn'))).toEqual([
      'warn reading failed bytes but no readable lines; is `baud` the rate that the sketch uses? [port/garbage]',
    ]);
  });

  it('takes a moment of noise, as when an ESP8266 boots, for nothing', async () => {
    const parts = setUp();
    await open(parts);
    for (let i = 0; i < 10; i++) {
      parts.port.send(Buffer.from('f800e080fe'.repeat(20), 'hex'));
      await parts.clock.advance(20);
    }
    parts.port.say('');
    parts.port.say('temp 1');
    await parts.clock.advance(5_000);
    expect(parts.health).toEqual(['online']);
  });

  it.each([
    [
      'no newline',
      '21.5 ',
      'is `baud` the rate that the sketch uses, and does it end its lines with a newline (println)?',
    ],
    [
      'carriage returns only',
      'temp 21\r',
      'it seems to end its lines with a carriage return only: end them with a newline (println)',
    ],
    [
      'noise that is cut up by newlines',
      Buffer.from([0xff, 0x0a]),
      'is `baud` the rate that the sketch uses, and does',
    ],
  ])(
    'says that a board is not readable which sends %s, and writes what came to the log once',
    async (_, sent, hint) => {
      const parts = setUp();
      await open(parts);
      // Safe already: otherwise the bridge would write, and tell that nobody answers.
      parts.port.say('lamp false');
      parts.port.say('temp 1');
      for (let second = 0; second <= 14; second++) {
        await parts.clock.advance(1_000);
        expect(parts.store.health('shed')).toBe(second < 9 ? 'online' : 'degraded');
        parts.port.send(sent);
      }
      const problem = parts.lines.filter((line) => line.startsWith('warn reading'));
      expect(problem).toHaveLength(1);
      expect(problem[0]).toContain(`bytes but no readable lines; ${hint}`);
      expect(parts.lines.join('\n')).not.toContain('fell silent');
      const traffic = parts.lines.filter((line) => line.includes('last lines'));
      expect(traffic).toHaveLength(1);
      expect(traffic[0]).toContain('in temp 1');
      expect(traffic[0]).toMatch(/bad (?:no newline in \d+ bytes: |garbled: )/);
      expect(parts.store.point('shed', 'temp')?.quality).toBe('stale');
      parts.port.send('\n');
      parts.port.say('temp 2');
      expect(parts.store.health('shed')).toBe('online');
      expect(parts.store.point('shed', 'temp')).toMatchObject({ value: 2, quality: 'good' });
    },
  );

  it('does not take a prompt without a newline for garbage', async () => {
    const parts = setUp();
    await open(parts);
    for (let i = 0; i < 4; i++) {
      parts.port.say('temp 1');
      parts.port.send('> ');
      await parts.clock.advance(i < 3 ? 9_000 : 50_000);
    }
    expect(parts.store.health('shed')).toBe('stale');
    expect(parts.lines.join('\n')).toContain('the device fell silent');
  });

  it('is said to have said nothing yet where nobody is behind its port, with what to look at', async () => {
    const parts = setUp();
    await open(parts);
    await parts.clock.advance(10_100);
    const said = parts.lines.join('\n');
    expect(said).toContain('the device has said nothing yet; has it power, does its sketch print, is `baud` its rate?');
    expect(said).not.toContain('fell silent');
    parts.port.say('temp 21');
    await parts.clock.advance(10_100);
    expect(parts.lines.join('\n')).toContain('the device fell silent');
  });

  it('is stale after 10 s of silence, with its values, and fresh at the next word', async () => {
    const parts = setUp();
    await open(parts);
    parts.port.say('temp 21');
    await parts.clock.advance(10_100);
    expect(parts.store.health('shed')).toBe('stale');
    expect(parts.store.point('shed', 'temp')).toMatchObject({ value: 21, quality: 'stale' });
    parts.port.say('lamp false');
    expect(parts.store.health('shed')).toBe('online');
    expect(parts.store.point('shed', 'temp')).toMatchObject({ value: 21, quality: 'good' });
  });

  it('survives a bug in the driver, and counts it', async () => {
    const parts = setUp();
    await open(parts);
    parts.port.say('bug');
    parts.port.say('temp 3');
    expect(parts.store.point('shed', 'temp')?.value).toBe(3);
    expect(parts.device.counters).toMatchObject({ driverErrors: 1, lines: 2 });
  });

  it('writes the last lines to the log when the connection is lost', async () => {
    const parts = setUp();
    await open(parts);
    parts.port.say('temp 3');
    parts.port.vanish();
    await parts.clock.advance(10);
    expect(parts.lines.find((line) => line.includes('last lines'))).toContain('in temp 3');
  });
});
