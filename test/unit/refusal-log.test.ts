import { expect, test } from 'vitest';
import { RefusalLog } from '../../src/action/refusal-log.js';
import type { RefusalCode } from '../../src/device/outcome.js';
import { KeptLog } from '../support/mesh-side.js';
import { VirtualClock } from '../support/virtual-clock.js';

function bench() {
  const clock = new VirtualClock();
  const log = new KeptLog();
  const refusals = new RefusalLog(clock, log);
  const refuse = (from: string, code: RefusalCode) =>
    refusals.refused(from, 'shed.pump', { ok: false, code, message: `because of ${code}` });
  return { clock, log, refuse };
}

test('a sender who is refused again and again has a line each 10 s, with how often', async () => {
  const { clock, log, refuse } = bench();
  for (let second = 0; second < 25; second++) {
    for (let i = 0; i < 100; i++) refuse('eve', 'range');
    await clock.advance(1_000);
  }
  expect(log.lines).toEqual([
    '[info] refused: because of range',
    '[info] refused: because of range; and 999 more before, since the last such line',
    '[info] refused: because of range; and 999 more before, since the last such line',
  ]);
});

test('another code, and another sender, has a line of its own', () => {
  const { log, refuse } = bench();
  for (const from of ['eve', 'anna', 'eve']) for (const code of ['range', 'type'] as const) refuse(from, code);
  expect(log.lines).toHaveLength(4);
});

test('invented names do not fill the disk', async () => {
  const { clock, log, refuse } = bench();
  for (let i = 0; i < 10_000; i++) refuse(`eve${i}`, 'role');
  expect(log.lines).toHaveLength(32);
  await clock.advance(10_000);
  refuse('anna', 'role');
  expect(log.lines).toHaveLength(33);
});
