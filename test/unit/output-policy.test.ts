import { afterEach, expect, it } from 'vitest';
import { gpioKind } from '../../devices/gpio/kind.js';
import { SimulatedPins } from '../../devices/gpio/simulated-pins.js';
import { Device } from '../../src/device/device.js';
import { Store } from '../../src/state/store.js';
import { bareMachine } from '../support/bare-machine.js';
import { VirtualClock } from '../support/virtual-clock.js';

const POINTS = {
  lamp: { pin: 1, direction: 'out' },
  start: { pin: 2, direction: 'out', initial: true },
  fridge: { pin: 3, direction: 'out', safe: true, onExit: 'hold' },
  kept: { pin: 4, direction: 'out', initial: 'keep' },
};

let device: Device | undefined;
const clock = new VirtualClock();
afterEach(async () => {
  const stopped = device?.stop();
  await clock.advance(2_000);
  await stopped;
});

/** A device that is live, with pins 3 and 4 on or off already. */
async function live({ fridge, kept }: { fridge: boolean; kept: boolean }) {
  const store = new Store(clock);
  const pins = new SimulatedPins(clock);
  pins.set(3, fridge);
  pins.set(4, kept);
  device = new Device({
    ...bareMachine,
    id: 'pins',
    kind: gpioKind,
    driver: gpioKind.create(gpioKind.options.parse({ points: POINTS })),
    pins,
    store,
    clock,
  });
  device.start();
  await clock.advance(3_000);
  const command = (point: string, value: boolean) =>
    device?.command({ point, value, origin: 'anna', deadline: clock.now() + 1_500 });
  const levels = () => [1, 2, 3, 4].map((pin) => pins.level(pin));
  return { device, pins, levels, command };
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
  const { device, pins, levels, command } = await live({ fridge: true, kept: false });
  await command('lamp', true);
  pins.vanish();
  await clock.advance(1_100);
  expect(device.state).not.toBe('live');
  pins.history.length = 0;
  pins.appear();
  await clock.advance(6_000);
  expect(device.state).toBe('live');
  expect(levels()).toEqual([false, true, true, false]);
  expect(pins.history).toEqual(['1=0', '2=1']);
});
