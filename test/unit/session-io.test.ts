import { expect, it } from 'vitest';
import type { DeviceDriver, DeviceIo } from '../../src/device/driver.js';
import { BridgeError } from '../../src/error.js';
import { DriverBench } from '../support/driver-bench.js';

/** A session of a driver that does `work` every second. */
async function working(work: () => void | Promise<void>): Promise<DriverBench> {
  const driver: DeviceDriver = {
    connect: async (io: DeviceIo) => {
      io.every(1_000, work);
      return { identity: {}, apply: () => Promise.reject(new Error('nothing to switch')) };
    },
  };
  const bench = new DriverBench(driver);
  await bench.connect(0);
  return bench;
}

it('does periodic work until the session ends', async () => {
  let times = 0;
  const bench = await working(() => {
    times++;
  });
  await bench.clock.advance(3_500);
  expect(times).toBe(3);
  await bench.close();
  await bench.clock.advance(5_000);
  expect(times).toBe(3);
  expect(bench.clock.timers).toBe(0);
});

it('never does periodic work twice at a time', async () => {
  let running = 0;
  let most = 0;
  const bench: DriverBench = await working(async () => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => bench.clock.after(2_500, resolve));
    running--;
  });
  await bench.clock.advance(20_000);
  expect(most).toBe(1);
  await bench.close();
});

it.each([
  [new BridgeError('device/protocol', 'no'), 'device/protocol', 'no'],
  [new TypeError('x is not a function'), 'device/driver', 'x is not a function'],
])('ends the session when periodic work fails', async (error, code, message) => {
  const bench = await working(() => {
    throw error;
  });
  await bench.clock.advance(1_000);
  expect(await bench.io.ended).toMatchObject({ code, message });
});
