import { expect, test } from 'vitest';
import { Access } from '../../src/panel/access.js';
import { answerTo, type Gate } from '../../src/panel/answer.js';
import { RateWindow } from '../../src/relay/limits.js';
import { VirtualClock } from '../support/virtual-clock.js';

test('strangers who knock again and again do not keep out whom the panel knows', async () => {
  const clock = new VirtualClock();
  const window = () => new RateWindow(5, clock);
  const gate: Gate = {
    scheme: 'http',
    hosts: new Set(['127.0.0.1:8080']),
    access: new Access('the-token', 'panel', clock),
    rate: { known: window(), strangers: window() },
    files: new Map([['/', { type: 'text/html', body: Buffer.from('page'), etag: '"1"' }]]),
  };
  const ask = (cookie?: string) =>
    answerTo({ method: 'GET', url: '/', headers: { host: '127.0.0.1:8080', ...(cookie ? { cookie } : {}) } }, gate)
      .status;
  const knocks = Array.from({ length: 8 }, () => ask());
  expect(knocks).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  expect(Array.from({ length: 6 }, () => ask('panel=the-token'))).toEqual([200, 200, 200, 200, 200, 429]);
  await clock.advance(1_001);
  expect([ask(), ask('panel=the-token')]).toEqual([401, 200]);
});
