import { expect, it } from 'vitest';
import { keepChecking } from '../../src/device/checks.js';
import type { DeviceSession } from '../../src/device/driver.js';
import { BridgeError } from '../../src/error.js';
import { VirtualClock } from '../support/virtual-clock.js';

function checked(check?: DeviceSession['check']) {
  const clock = new VirtualClock();
  const abort = new AbortController();
  const counters = { lines: 0 };
  const lost: string[] = [];
  const session: DeviceSession = {
    identity: {},
    apply: () => Promise.reject(new Error('no')),
    ...(check && { check }),
  };
  const parts = { clock, counters, signal: abort.signal, lost: (reason: string) => void lost.push(reason) };
  const ended = keepChecking(session, parts);
  return { clock, abort, counters, lost, ended };
}

it('asks every 2 s until the session is over', async () => {
  let asked = 0;
  const { clock, abort, lost, ended } = checked(async () => void asked++);
  await clock.advance(10_000);
  expect(asked).toBe(5);
  abort.abort(new BridgeError('bridge/stopping', 'over'));
  await ended;
  expect(lost).toEqual([]);
  expect(clock.timers).toBe(0);
});

it('asks nobody who can’t be asked', async () => {
  const { clock, ended } = checked();
  await ended;
  expect(clock.timers).toBe(0);
});

it.each([
  ['silent', 0, 'the device does not answer: no alive'],
  ['one that still speaks', 3, 'the device does not answer: no alive; it still speaks: is the wire to it broken?'],
])('tells that a device does not answer, %s', async (_, lines, reason) => {
  const { clock, counters, lost, ended } = checked(async () => {
    counters.lines += lines;
    throw new BridgeError('device/timeout', 'no alive');
  });
  counters.lines = 100;
  await clock.advance(2_000);
  await ended;
  expect(lost).toEqual([reason]);
  expect(clock.timers).toBe(0);
});
