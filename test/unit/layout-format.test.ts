import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatValue } from '../../src/layout/format-value.js';
import { lookUp } from '../../src/layout/value-map.js';

describe('a value as text', () => {
  it.each([
    [50.8, 'percent', '50.8%'],
    [21.456, 'decimal', '21.5'],
    [21.456, 'decimal:2', '21.46'],
    [21, 'suffix: °C', '21 °C'],
    [5, 'prefix:€', '€5'],
    [0.1 + 0.2, 'none', '0.3'],
    [1536, 'bytes', '1.5 KB'],
    [100, 'bytes', '100 B'],
    [2048, 'bytesKB', '2.0 MB'],
    [1_500_000, 'bps', '1.5 Mbps'],
    [3720, 'duration', '1h 2m'],
    [45, 'duration', '45s'],
    [125, 'time', '2:05'],
    [3725, 'time', '1:02:05'],
    [7, undefined, '7'],
    [true, 'percent', 'true'],
    ['closed', 'suffix:x', 'closed'],
    [undefined, 'percent', '—'],
    [Number.NaN, 'percent', 'NaN'],
  ])('%j with %j is %j', (value, format, text) => {
    expect(formatValue(value, format)).toBe(text);
  });

  it('never throws, whatever a layout says', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (value, format) => {
        fc.pre(typeof value !== 'object' && typeof value !== 'symbol');
        expect(typeof formatValue(value, format)).toBe('string');
      }),
    );
  });
});

describe('a map of values', () => {
  it.each([
    [{ true: 'Open', false: 'Closed' }, true, 'Open'],
    [{ on: 'Open', off: 'Closed' }, false, 'Closed'],
    [{ yes: 'Open' }, 'on', 'Open'],
    [{ '1': 'Open' }, true, 'Open'],
    [{ '61': 'high' }, 61, 'high'],
    [{ '61.00': 'high' }, 61, 'high'],
    [{ default: 'else' }, 'x', 'else'],
    [{ a: 1, default: 'else' }, 'a', undefined],
    [{ a: 'x' }, 'b', undefined],
    [undefined, 'a', undefined],
    [{ a: 'x', default: 'y' }, undefined, undefined],
  ])('%j has for %j %j', (map, value, text) => {
    expect(lookUp(map, value)).toBe(text);
  });
});
