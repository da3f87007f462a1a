import { expect, it } from 'vitest';
import type { DeviceDriver, DeviceIo } from '../../src/device/driver.js';
import { BridgeError } from '../../src/error.js';
import type { Pins } from '../../src/port/pin.js';
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

it('does later what was given to it, but not after the end', async () => {
  const bench = await working(() => {});
  const done: string[] = [];
  bench.io.after(500, () => done.push('in time'));
  bench.io.after(600, () => done.push('cancelled')).cancel();
  bench.io.after(5_000, () => done.push('late'));
  await bench.clock.advance(900);
  await bench.close();
  bench.io.after(10, () => done.push('afterwards'));
  await bench.clock.advance(10_000);
  expect(done).toEqual(['in time']);
  expect(bench.clock.timers).toBe(0);
});

it('ends the session when later work fails', async () => {
  const bench = await working(() => {});
  bench.io.after(10, () => {
    throw new BridgeError('pin/lost', 'gone');
  });
  await bench.clock.advance(10);
  expect(await bench.io.ended).toMatchObject({ code: 'pin/lost' });
});

it('closes a pin that was opened too late, and goes on where one can not be closed', async () => {
  let open: (pin: ReturnType<typeof made>) => void = () => {};
  const closed: string[] = [];
  const made = (name: string) => ({
    read: () => true,
    write: () => {},
    close: () => {
      closed.push(name);
      throw new Error('not now');
    },
  });
  const pins: Pins = {
    openInput: () => Promise.reject(new Error('none')),
    openPwm: () => Promise.reject(new Error('none')),
    openOutput: ({ pin }) => (pin === 1 ? Promise.resolve(made('early')) : new Promise((resolve) => (open = resolve))),
  };
  const options = { backend: 'auto', activeLow: false, initial: false, otherwise: false, hold: false } as const;
  const driver: DeviceDriver = {
    connect: async (io) => {
      await io.openOutput({ ...options, pin: 1 });
      await io.openOutput({ ...options, pin: 2 });
      return { identity: {}, apply: () => Promise.reject(new Error('nothing to switch')) };
    },
  };
  const bench = new DriverBench(driver, pins);
  const session = bench.begin();
  await bench.clock.advance(10);
  await bench.close();
  expect(closed).toEqual(['early']);
  open(made('late'));
  await expect(session).rejects.toMatchObject({ code: 'bridge/stopping' });
  expect(closed).toEqual(['early', 'late']);
});
