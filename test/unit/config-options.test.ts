import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../src/config/did-you-mean.js';
import { NAMESPACE, namespaceOf } from '../../src/config/names.js';
import {
  baud,
  duration,
  durationBetween,
  nearestId,
  parseDuration,
  pointId,
  portAddress,
  speed,
} from '../../src/device/options.js';
import { ID } from '../../src/device/point.js';

describe('durations', () => {
  it.each([
    ['20ms', 20],
    ['1.5s', 1500],
    ['30s', 30_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0ms', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(duration.parse(text)).toBe(ms);
  });

  it.each([['20'], [20], ['1 s'], ['-1s'], ['1e3ms'], ['1d'], [''], ['999999h'], [null], [true]])(
    'refuses %j',
    (given) => {
      expect(duration.safeParse(given).success).toBe(false);
    },
  );

  it('keeps to its bounds, both included', () => {
    const span = durationBetween('1s', '1m');
    expect(['1s', '60s', '999ms', '61s'].map((text) => span.safeParse(text).success)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('reads whole milliseconds or nothing from any text', () => {
    fc.assert(fc.property(fc.string(), (text) => Number.isInteger(parseDuration(text) ?? 0)));
  });
});

describe('speeds', () => {
  it.each([
    [20, 20],
    ['20/s', 20],
    ['0.5/s', 0.5],
    ['30/min', 0.5],
    ['30/m', 0.5],
    ['1800/h', 0.5],
  ])('%j is %d a second', (given, perSecond) => {
    expect(speed.parse(given)).toBe(perSecond);
  });

  it.each([['20'], ['20 /s'], ['0/s'], [0], [-1], ['-1/s'], ['20/ms'], ['/s'], ['1e3/s'], [null]])(
    'refuses %j',
    (given) => {
      expect(speed.safeParse(given).success).toBe(false);
    },
  );
});

describe('ids', () => {
  it('suggests only ids', () => {
    fc.assert(fc.property(fc.string(), (text) => ID.test(nearestId(text) ?? 'a')));
  });

  it.each([['msg_type'], ['bridge'], ['e2ee'], ['Temp'], ['1a'], [''], ['a'.repeat(17)], ['__proto__']])(
    'refuses %j',
    (id) => {
      expect(pointId.safeParse(id).success).toBe(false);
    },
  );
});

describe('ports', () => {
  it('takes a path or a USB identity', () => {
    expect(portAddress.parse('/dev/ttyACM0')).toBe('/dev/ttyACM0');
    expect(portAddress.parse({ vendorId: '1A86', productId: '7523' })).toEqual({ vendorId: '1a86', productId: '7523' });
    for (const bad of [
      'ttyUSB0',
      '',
      '/dev/\u0000',
      { vendorId: '1a86' },
      { vendorId: '1a86', productId: '7523', x: 1 },
      5,
    ]) {
      expect(portAddress.safeParse(bad).success).toBe(false);
    }
    expect([1, 4_000_000, 0, 4_000_001, 9600.5, '9600'].map((rate) => baud.safeParse(rate).success)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('names', () => {
  it('are always within the grammar', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        expect(namespaceOf(text)).toMatch(NAMESPACE);
      }),
    );
  });

  it.each([
    ['garage-1', 'garage-1'],
    ['Garage_2', 'Garage_2'],
    ['G'.repeat(64), 'G'.repeat(64)],
    ['42.Garage-2', 'garage_2'],
    ['42.garage', 'garage'],
    ['bridge', 'carter'],
    ['e2ee', 'carter'],
    ['42', 'carter'],
  ])('%s gives the namespace %s', (name, namespace) => {
    expect(namespaceOf(name)).toBe(namespace);
  });
});

describe('did you mean', () => {
  const known = ['baud', 'port', 'format', 'newline', 'points'];
  it.each([
    ['baudrate', 'baud'],
    ['prot', 'port'],
    ['Format', 'format'],
    ['new_line', 'newline'],
    ['point', 'points'],
    ['colour', undefined],
    ['x', undefined],
    ['', undefined],
  ])('%s: %s', (word, meant) => {
    expect(didYouMean(word, known)).toBe(meant);
  });
});
