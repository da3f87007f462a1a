import { describe, expect, it } from 'vitest';
import { ageText } from '../../src/panel/page/age.js';
import { PointBook } from '../../src/panel/page/point-book.js';

function book() {
  const clock = { now: 0 };
  return { clock, points: new PointBook('house', () => clock.now) };
}

describe('what the page knows of points', () => {
  it('takes a value that changed for news, and one that is only repeated not', () => {
    const { clock, points } = book();
    expect(points.hear({ msg_type: 'house.state', shed: { temp: 21 }, _full: false, _src: 'x' })).toEqual([
      'shed.temp',
    ]);
    clock.now = 5_000;
    points.hear({ msg_type: 'house.state', shed: { temp: 21, hum: 40 }, _full: true });
    expect(points.of('shed.temp')).toEqual({ quality: 'good', at: 0 });
    expect(points.of('shed.hum')).toEqual({ quality: 'good', at: 5_000 });
    points.hear({ msg_type: 'house.state', shed: { temp: null }, _full: false });
    expect(points.of('shed.temp')?.at).toBe(0);
    points.hear({ msg_type: 'house.quality', shed: { temp: 'stale' } });
    expect(points.of('shed.temp')).toEqual({ quality: 'stale', at: 0 });
  });

  it('believes the bridge about ages, and leaves other frames alone', () => {
    const { clock, points } = book();
    clock.now = 60_000;
    points.take({
      ok: true,
      devices: {
        shed: { points: { temp: { quality: 'good', age_ms: 1_500 }, x: { quality: 'unknown', age_ms: null } } },
      },
    });
    expect(points.of('shed.temp')).toEqual({ quality: 'good', at: 58_500 });
    expect(points.of('shed.x')).toEqual({ quality: 'unknown', at: undefined });
    expect(points.hear({ msg_type: 'house.trend', shed: { temp: 1 } })).toEqual([]);
    expect(points.hear({ msg_type: 'garage.state', shed: { temp: 1 } })).toEqual([]);
    points.take({ ok: false });
    expect(points.of('shed.temp')?.at).toBe(58_500);
  });
});

it.each([
  [0, 'now'],
  [1_400, 'now'],
  [2_000, '2 s'],
  [59_400, '59 s'],
  [61_000, '1 min'],
  [3_600_000, '1 h'],
  [90_000_000, '1 d'],
  [-5, 'now'],
])('%d ms ago is "%s"', (ms, words) => {
  expect(ageText(ms)).toBe(words);
});
