import { expect, test } from 'vitest';
import { SyncPace } from '../../src/frame/sync-pace.js';
import { VirtualClock } from '../support/virtual-clock.js';

function opened() {
  const clock = new VirtualClock();
  const answers: { at: number; phones: readonly string[] }[] = [];
  const pace = new SyncPace(clock, (phones) => answers.push({ at: clock.now(), phones }));
  return { clock, answers, pace };
}

test('phones that come together are answered together, and soon', async () => {
  const { clock, answers, pace } = opened();
  for (const phone of ['anna', 'bert', 'anna']) pace.request(phone);
  await clock.advance(8);
  pace.request('carl');
  pace.request();
  await clock.advance(1_000);
  expect(answers).toEqual([{ at: 10, phones: ['anna', 'bert', 'carl'] }]);
});

test('one that never stops asking gets five answers, then one a second; nobody is forgotten', async () => {
  const { clock, answers, pace } = opened();
  for (let i = 0; i < 500; i++) {
    pace.request('eve');
    if (i === 400) pace.request('anna');
    await clock.advance(20);
  }
  const times = answers.map(({ at }) => at);
  expect(times.filter((at) => at < 500).length).toBe(5);
  expect(times.length).toBeLessThanOrEqual(5 + 10);
  expect(answers.find(({ phones }) => phones.includes('anna'))?.at).toBeLessThan(400 * 20 + 1_100);
});

test('a crowd is answered some at a time, and its queue has an end', async () => {
  const { clock, answers, pace } = opened();
  for (let i = 0; i < 100; i++) pace.request(`phone${i}`);
  await clock.advance(5_000);
  expect(answers.map(({ phones }) => phones.length)).toEqual([16, 16, 16, 16]);
  expect(answers.at(-1)?.at).toBeLessThan(200);
});

test('nothing is answered, and no timer left, once who waits is forgotten', async () => {
  const { clock, answers, pace } = opened();
  pace.request('anna');
  pace.clear();
  expect(clock.timers).toBe(0);
  await clock.advance(1_000);
  expect(answers).toEqual([]);
});
