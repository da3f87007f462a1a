import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AVR_HZ } from '../../devices/board/avr-chip.js';
import { GREENHOUSE } from '../../devices/board/avr-greenhouse.js';
import { crc32, hex8 } from '../../firmware-protocol/checksum.js';
import { encodeHostLine } from '../../firmware-protocol/encode.js';
import type { DeviceSession } from '../../src/device/driver.js';
import { CallMeter } from '../support/call-meter.js';
import { UnoBench } from '../support/uno-bench.js';

/** The greenhouse as it is shipped, but that it marks its calls. */
const MARKED = readFileSync(join(import.meta.dirname, '../vectors/avr/marked-uno.hex'), 'utf8');
const MOST_CYCLES = (200 * AVR_HZ) / 1_000_000;

describe('no call of the library takes above 200 µs', () => {
  let bench: UnoBench;
  let meter: CallMeter;
  let session: DeviceSession;

  beforeAll(async () => {
    bench = new UnoBench({}, MARKED);
    meter = new CallMeter(bench.uno.chip);
    session = await bench.connect();
  }, 60_000);

  afterAll(() => bench.close());

  /** The longest call meanwhile, which is not one of few. */
  async function longest(work: () => Promise<unknown>): Promise<number> {
    meter.costs.clear();
    await work();
    const loops = meter.costs.get(2);
    expect(loops?.calls).toBeGreaterThan(50);
    return loops?.most ?? Number.NaN;
  }

  it('at the start', () => {
    expect([...meter.costs.keys()].sort()).toEqual([1, 2]);
    for (const { most } of meter.costs.values()) {
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(MOST_CYCLES);
    }
  });

  it('while nothing happens, and while everything on its pins does', async () => {
    expect(await longest(() => bench.host.clock.advance(3_000))).toBeLessThanOrEqual(MOST_CYCLES);
    const moving = async () => {
      for (let n = 0; n < 20; n++) {
        for (const [k, pin] of [GREENHOUSE.temp, GREENHOUSE.hum, GREENHOUSE.light].entries()) {
          bench.uno.pins.analog(pin, 0.3 + ((n * 7 + k * 3) % 10) / 5);
        }
        bench.uno.pins.drive(GREENHOUSE.button, n % 2 === 0 ? false : undefined);
        await bench.host.clock.advance(150);
      }
    };
    expect(await longest(moving)).toBeLessThanOrEqual(MOST_CYCLES);
  }, 60_000);

  it('when outputs are set, pulsed and stopped', async () => {
    const work = async () => {
      await bench.set(session, 'pump', true);
      await bench.set(session, 'fan', 45);
      await bench.set(session, 'vent', 'open');
      await bench.finish(session.safeAll?.(AbortSignal.timeout(60_000)) ?? Promise.reject(new Error('no stop')));
    };
    expect(await longest(work)).toBeLessThanOrEqual(MOST_CYCLES);
  }, 60_000);

  it.each([
    'limit 9 pump 999999999 999999999 255',
    'limit 9 pump 0 0 0',
    'set 10 pump 1',
    'set 11 fan 99.99999',
    'set 12 fan -99999999',
    'set 13 nosuchpoint12345 99.999',
    'pulse 14 pump 1 60000',
    'describe 0',
    'describe 6',
    'reading',
    'hello 4294967295',
    'nonsense nonsense nonsense nonsense nonsense nonsense',
    'set',
    'stop 15',
  ])('when the host says `%s`', async (line) => {
    const body = `255 ${line}`;
    const work = async () => {
      bench.uno.cable.push(`${body}*${hex8(crc32(body))}\n`);
      await bench.host.clock.advance(60);
    };
    expect(await longest(work)).toBeLessThanOrEqual(MOST_CYCLES);
  });

  it.each(['points', 'reading', 'pump=1', 'set pump 1', 'stop', 'hello', '*'.repeat(200), '\u0000\r\r\n'])(
    'when a person types %j',
    async (line) => {
      const work = async () => {
        bench.uno.cable.push(`${line}\n`);
        await bench.host.clock.advance(100);
      };
      expect(await longest(work)).toBeLessThanOrEqual(MOST_CYCLES);
    },
  );

  it('in a flood of lines without a pause', async () => {
    const work = async () => {
      const lines = Array.from({ length: 200 }, (_, n) =>
        encodeHostLine(n % 256, { verb: 'limit', cid: n, point: 'pump', maxOn: 3_600_000, minOff: 0, group: 0 }),
      );
      bench.uno.cable.push(lines.map((line) => `${line}\n`).join(''));
      await bench.host.clock.advance(lines.join('\n').length * 0.0875 + 100);
    };
    expect(await longest(work)).toBeLessThanOrEqual(MOST_CYCLES);
  }, 60_000);
});
