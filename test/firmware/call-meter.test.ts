import { expect, it } from 'vitest';
import { AvrBench } from '../support/avr-bench.js';
import { CallMeter } from '../support/call-meter.js';

it('the length of marked calls is measured without the interrupts that come in between', async () => {
  const bench = await new AvrBench('probe').start();
  const meter = new CallMeter(bench.board.chip);
  bench.send('g200 100\n');
  await bench.clock.advance(2);
  // A byte every 87 µs: two or three of them interrupt each call, and the timer some.
  bench.send('x'.repeat(200));
  await bench.clock.advance(40);
  const cost = meter.costs.get(1);
  expect(cost?.calls).toBe(100);
  expect(Math.abs((cost?.most ?? 0) - 200 * 16)).toBeLessThan(40);
  expect(Math.abs(meter.worstMicros - 200)).toBeLessThan(3);
});
