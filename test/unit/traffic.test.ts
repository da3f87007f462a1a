import { expect, it } from 'vitest';
import { Traffic } from '../../src/device/traffic.js';
import { type Log, silentLog } from '../../src/log.js';
import { VirtualClock } from '../support/virtual-clock.js';

it('writes the last lines once an episode, each line once', async () => {
  const clock = new VirtualClock();
  const traffic = new Traffic(clock, 2);
  const infos: unknown[] = [];
  const log: Log = { ...silentLog, info: (fields, message) => infos.push({ ...fields, message }) };
  traffic.tell('pump failed', log);
  for (const line of ['one', 'two', 'three\x1b']) traffic.add('in', line);
  await clock.advance(7);
  traffic.tell('pump failed', log);
  traffic.add('out', 'PUMP on');
  traffic.tell('pump failed', log);
  traffic.over('pump failed');
  traffic.tell('pump failed', log);
  expect(infos).toEqual([
    { traffic: ['-7ms in two', '-7ms in three\\x1b'], message: 'the last lines before pump failed' },
    { traffic: ['-0ms out PUMP on'], message: 'the last lines before pump failed' },
  ]);
});
