import { expect, test } from 'vitest';
import { Silence } from '../../src/device/silence.js';
import { SleepyClock, VirtualClock } from '../support/virtual-clock.js';

function watched(clock = new VirtualClock()) {
  const said: string[] = [];
  const at = (word: string) => () => said.push(`${word} ${clock.now()}`);
  const silence = new Silence({ clock, onStale: at('stale'), onFresh: at('fresh'), onDead: at('dead') });
  /** Speaks `count` times, `ms` apart, the first time after `ms`. */
  const speak = async (count: number, ms: number) => {
    for (let i = 0; i < count; i++) {
      await clock.advance(ms);
      silence.heard();
    }
  };
  return { clock, said, silence, speak };
}

test('a device that never spoke is stale after 10 s, and not dead', async () => {
  const { clock, said, silence } = watched();
  silence.start();
  await clock.advance(1_000_000);
  expect(said).toEqual(['stale 10000']);
  expect(clock.timers).toBe(0);
  silence.heard();
  expect(said).toEqual(['stale 10000', 'fresh 1000000']);
});

test('a fast device is stale after 10 s and dead after 30 s of silence', async () => {
  const { clock, said, silence, speak } = watched();
  silence.start();
  await speak(1_000, 10);
  await clock.advance(100_000);
  expect(said).toEqual(['stale 20000', 'dead 40000']);
});

test('a slow device is given five of its intervals, then fifteen', async () => {
  const { clock, said, silence, speak } = watched();
  silence.start();
  await speak(10, 8_000);
  expect(silence.learnedMs).toBe(8_000);
  await clock.advance(39_000);
  expect(said).toEqual([]);
  await clock.advance(200_000);
  expect(said).toEqual(['stale 120000', 'dead 200000']);
});

test('a burst of lines once a minute is one utterance a minute', async () => {
  const { clock, said, silence, speak } = watched();
  silence.start();
  await speak(1, 1_000);
  for (let i = 0; i < 10; i++) {
    await speak(1, 60_000);
    await speak(4, 5);
  }
  const learnt = [...said];
  expect(silence.learnedMs).toBeGreaterThan(59_000);
  expect(learnt).toEqual(['stale 11000', 'fresh 61000']);
  await clock.advance(290_000);
  expect(said).toEqual(learnt);
});

test('one long gap does not make a fast device a slow one', async () => {
  const { clock, said, silence, speak } = watched();
  silence.start();
  await speak(100, 1_000);
  await clock.advance(3_600_000);
  silence.heard();
  expect(silence.learnedMs).toBeLessThan(2_500);
  await speak(20, 1_000);
  said.length = 0;
  await clock.advance(12_000);
  expect(said).toHaveLength(1);
});

test('a device that got slower is believed in the end', async () => {
  const { said, silence, speak } = watched();
  silence.start();
  await speak(20, 1_000);
  await speak(30, 20_000);
  said.length = 0;
  await speak(10, 20_000);
  expect(said).toEqual([]);
});

test('what was learnt outlives the session; the time between sessions is no silence', async () => {
  const { clock, said, silence, speak } = watched();
  silence.start();
  await speak(10, 8_000);
  silence.stop();
  silence.heard();
  await clock.advance(1_000_000);
  expect(said).toEqual([]);
  expect(clock.timers).toBe(0);
  silence.start();
  silence.heard();
  expect(silence.learnedMs).toBe(8_000);
  await clock.advance(39_000);
  expect(said).toEqual([]);
  await clock.advance(2_000);
  expect(said).toEqual(['stale 1120000']);
});

test('lines cost no timers', async () => {
  const { clock, silence } = watched();
  silence.start();
  for (let i = 0; i < 10_000; i++) silence.heard();
  expect(clock.timers).toBe(1);
});

test('a device is not blamed for the sleep of this process', async () => {
  const clock = new SleepyClock();
  const { said, silence, speak } = watched(clock);
  silence.start();
  await speak(20, 1_000);
  clock.slept = 60_000; // the timer that is due next fires a minute late, before what came meanwhile is read
  await clock.advance(9_500);
  silence.heard();
  expect(said).toEqual([]);
  await clock.advance(11_000);
  expect(said).toHaveLength(1);
});
