import { expect, it } from 'vitest';
import { expose } from '../../src/metrics/exposition.js';

it('writes metrics as Prometheus reads them', () => {
  const text = expose([
    { name: 'up', help: 'Whether it is', type: 'gauge', samples: [{ value: 1 }] },
    {
      name: 'taps_total',
      help: 'Taps\nof \\ all',
      type: 'counter',
      samples: [
        { labels: { by: 'a "b"\n\\c', of: 'x' }, value: 1e21 },
        { labels: { by: '' }, value: Number.POSITIVE_INFINITY },
        { labels: { by: 'n' }, value: Number.NaN },
        { labels: { by: 'm' }, value: Number.NEGATIVE_INFINITY },
      ],
    },
  ]);
  expect(text).toBe(
    [
      '# HELP up Whether it is',
      '# TYPE up gauge',
      'up 1',
      '# HELP taps_total Taps\\nof \\\\ all',
      '# TYPE taps_total counter',
      'taps_total{by="a \\"b\\"\\n\\\\c",of="x"} 1e+21',
      'taps_total{by=""} +Inf',
      'taps_total{by="n"} NaN',
      'taps_total{by="m"} -Inf',
      '',
    ].join('\n'),
  );
});

it('leaves out what was not measured', () => {
  expect(expose([{ name: 'fds', help: 'Files', type: 'gauge', samples: [] }])).toBe('');
});
