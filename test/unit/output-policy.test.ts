import { afterEach, describe, expect, it } from 'vitest';
import { gpioKind } from '../../devices/gpio/kind.js';
import { SimulatedPins } from '../../devices/gpio/simulated-pins.js';
import { Device } from '../../src/device/device.js';
import { outputOptionsOf } from '../../src/device/output-options.js';
import { Store } from '../../src/state/store.js';
import { bareMachine } from '../support/bare-machine.js';
import { VirtualClock } from '../support/virtual-clock.js';

const POINTS = {
  lamp: { pin: 1, direction: 'out' },
  start: { pin: 2, direction: 'out', initial: true },
  fridge: { pin: 3, direction: 'out', safe: true, onExit: 'hold' },
  kept: { pin: 4, direction: 'out', initial: 'keep' },
};
type Points = Readonly<Record<string, object>>;

let device: Device | undefined;
const clock = new VirtualClock();
afterEach(async () => {
  const stopped = device?.stop();
  await clock.advance(2_000);
  await stopped;
});

/** A device that is live, with pins 3 and 4 on or off already. */
async function live({ fridge, kept }: { fridge: boolean; kept: boolean }, points: Points = POINTS) {
  let isStopped = false;
  const store = new Store(clock);
  const pins = new SimulatedPins(clock);
  pins.set(3, fridge);
  pins.set(4, kept);
  device = new Device({
    ...bareMachine,
    id: 'pins',
    kind: gpioKind,
    driver: gpioKind.create(gpioKind.options.parse({ points })),
    outputs: outputOptionsOf({ points }),
    pins,
    store,
    clock,
    stopped: () => isStopped,
  });
  device.start();
  await clock.advance(3_000);
  const command = (point: string, value: boolean) =>
    device?.command({ point, value, origin: 'anna', deadline: clock.now() + 1_500 });
  const levels = () => [1, 2, 3, 4].map((pin) => pins.level(pin));
  const stop = () => {
    isStopped = true;
  };
  /** Its chip is away for a moment. */
  const lose = async (meanwhile = () => {}) => {
    pins.vanish();
    await clock.advance(1_100);
    expect(device?.state).not.toBe('live');
    pins.history.length = 0;
    meanwhile();
    pins.appear();
    await clock.advance(6_000);
    expect(device?.state).toBe('live');
  };
  return { device, pins, levels, command, lose, stop };
}

it('at the start: safe, or as its owner wants, and nothing is switched twice', async () => {
  const { pins, levels } = await live({ fridge: false, kept: true });
  expect(levels()).toEqual([false, true, false, true]);
  expect(pins.history).toEqual(['1=0', '2=1']);
});

it('at the stop: safe, but for what is to stay as it is', async () => {
  const { device, levels, command } = await live({ fridge: false, kept: true });
  await command('lamp', true);
  expect(await device.safeAll('offline', 'the bridge is stopping')).toEqual([]);
  expect(levels()).toEqual([false, false, false, false]);
});

it('an emergency stop spares nothing', async () => {
  const { device, levels, command } = await live({ fridge: false, kept: true });
  await command('lamp', true);
  expect(await device.safeAll('estop', 'emergency')).toEqual([]);
  expect(levels()).toEqual([false, false, true, false]);
});

it('after a loss: as at the start', async () => {
  const { pins, levels, command, lose } = await live({ fridge: true, kept: false });
  await command('lamp', true);
  await lose();
  expect(levels()).toEqual([false, true, true, false]);
  expect(pins.history).toEqual(['1=0', '2=1']);
});

describe('after a loss, what is to be held', () => {
  const hold = { direction: 'out', onDeviceLost: 'hold' };
  const held = {
    lamp: { ...hold, pin: 1 },
    start: { ...hold, pin: 2, initial: true },
    fridge: { ...hold, pin: 3, safe: true },
    kept: { pin: 4, direction: 'out', onBoot: 'hold', onDeviceLost: 'safe' },
  };

  it('is what it still is, and nothing is switched on', async () => {
    const { pins, levels, command, lose } = await live({ fridge: true, kept: true }, held);
    expect(levels()).toEqual([false, true, true, true]);
    await command('lamp', true);
    await command('start', false);
    await command('fridge', false);
    await lose();
    expect(levels()).toEqual([true, false, false, false]);
    expect(pins.history).toEqual(['4=0']);
  });

  it('is safe while an emergency stop is latched', async () => {
    const { pins, levels, command, lose, stop } = await live({ fridge: true, kept: true }, held);
    await command('lamp', true);
    await lose(stop);
    expect(levels()).toEqual([false, false, true, false]);
    expect(pins.history).toEqual(['1=0', '2=0', '3=1', '4=0']);
  });
});
