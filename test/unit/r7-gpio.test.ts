import { expect, it } from 'vitest';
import { gpioKind } from '../../devices/gpio/kind.js';
import { SimulatedPins } from '../../devices/gpio/simulated-pins.js';
import { Device } from '../../src/device/device.js';
import { outputOptionsOf } from '../../src/device/output-options.js';
import { Store } from '../../src/state/store.js';
import { bareMachine } from '../support/bare-machine.js';
import { VirtualClock } from '../support/virtual-clock.js';

it('onDeviceLost: hold holds a pin when its chip is back', async () => {
  const clock = new VirtualClock();
  const store = new Store(clock);
  const pins = new SimulatedPins(clock);
  const options = gpioKind.options.parse({ points: { lamp: { pin: 1, direction: 'out', onDeviceLost: 'hold' } } });
  const device = new Device({
    ...bareMachine,
    id: 'pins',
    kind: gpioKind,
    driver: gpioKind.create(options),
    outputs: outputOptionsOf(options),
    pins,
    store,
    clock,
  });
  device.start();
  await clock.advance(3_000);
  await device.command({ point: 'lamp', value: true, origin: 'anna', deadline: clock.now() + 1_500 });
  pins.vanish();
  await clock.advance(1_100);
  expect(device.state).not.toBe('live');
  pins.history.length = 0;
  pins.appear();
  await clock.advance(6_000);
  expect(device.state).toBe('live');
  expect(pins.history).toEqual([]);
  expect(pins.level(1)).toBe(true);
  const stopped = device.stop();
  await clock.advance(2_000);
  await stopped;
});
