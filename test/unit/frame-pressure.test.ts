import { expect, test } from 'vitest';
import { Budget } from '../../src/frame/budget.js';
import { Pressure } from '../../src/frame/pressure.js';
import { SimulatedSink } from '../support/simulated-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

test('the budget gives 6 frames at once, 2 more to urgent ones, then 40 a second', async () => {
  const clock = new VirtualClock();
  const budget = new Budget(clock);
  const take = (urgent: boolean) => {
    let taken = 0;
    for (; budget.waitMs(urgent) === 0; taken++) budget.spend();
    return taken;
  };
  expect(take(false)).toBe(6);
  expect(take(true)).toBe(2);
  expect(budget.waitMs(true)).toBe(25);
  expect(budget.waitMs(false)).toBe(75);
  let later = 0;
  for (let ms = 0; ms < 1000; ms += 5) {
    await clock.advance(5);
    later += take(true);
  }
  expect(later).toBe(40);
  await clock.advance(60_000);
  expect(take(true)).toBe(8);
});

test('above the high-water mark only urgent frames pass, until the low-water mark', () => {
  const clock = new VirtualClock();
  const sink = new SimulatedSink(clock);
  const pressure = new Pressure(clock, sink);
  sink.stalled = true;
  sink.fill(200 * 1024);
  expect(pressure.waitMs(false)).toBe(0);
  sink.fill(60 * 1024);
  expect(pressure.waitMs(false)).toBeGreaterThan(0);
  expect(pressure.waitMs(true)).toBe(0);
  sink.fill(-150 * 1024);
  expect(pressure.waitMs(false)).toBeGreaterThan(0);
  sink.fill(-60 * 1024);
  expect(pressure.waitMs(false)).toBe(0);
  sink.fill(1024 * 1024);
  expect(pressure.waitMs(true)).toBeGreaterThan(0);
});

test('no more frames are under way than the relay may count into one second, urgent ones or not', () => {
  const clock = new VirtualClock();
  const sink = Object.assign(new SimulatedSink(clock), { recent: 47 });
  const pressure = new Pressure(clock, sink);
  expect(pressure.waitMs(true)).toBe(0);
  sink.recent = 48;
  expect(pressure.waitMs(true)).toBeGreaterThan(0);
  expect(pressure.waitMs(false)).toBeGreaterThan(0);
});

/** Sends as fast as allowed for `ms`; returns when frames left. */
async function send(clock: VirtualClock, sink: SimulatedSink, pressure: Pressure, ms: number): Promise<number[]> {
  const sent: number[] = [];
  for (let passed = 0; passed < ms; passed += 25) {
    if (pressure.waitMs(false) === 0) {
      sink.broadcast({});
      pressure.sent();
      sent.push(clock.now());
    }
    await clock.advance(25);
  }
  return sent;
}

test('answers that do not come slow frames down to three a second, and no further', async () => {
  const clock = new VirtualClock();
  const sink = new SimulatedSink(clock);
  const pressure = new Pressure(clock, sink);
  sink.answerMs = 5_000;
  await send(clock, sink, pressure, 3_000);
  expect(pressure.framesPerSecond).toBe(3);
  const sent = await send(clock, sink, pressure, 20_000);
  expect(sent.length).toBeGreaterThanOrEqual(57);
  expect(sent.length).toBeLessThanOrEqual(61);
  expect(sink.unanswered).toBeLessThanOrEqual(15);
});

test('full speed is back within a second after the answers came', async () => {
  const clock = new VirtualClock();
  const sink = new SimulatedSink(clock);
  const pressure = new Pressure(clock, sink);
  sink.answerMs = Number.POSITIVE_INFINITY;
  await send(clock, sink, pressure, 5_000);
  sink.answerMs = 1;
  await send(clock, sink, pressure, 1_000);
  expect(pressure.framesPerSecond).toBe(40);
  expect((await send(clock, sink, pressure, 1_000)).length).toBe(40);
});

test('prompt answers never slow anything down', async () => {
  const clock = new VirtualClock();
  const sink = new SimulatedSink(clock);
  const pressure = new Pressure(clock, sink);
  sink.answerMs = 240;
  expect((await send(clock, sink, pressure, 2_000)).length).toBe(80);
});
