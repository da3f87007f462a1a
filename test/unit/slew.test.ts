import { describe, expect, it } from 'vitest';
import { Slew } from '../../src/action/slew.js';
import type { DeviceCommand } from '../../src/device/device.js';
import type { Value } from '../../src/device/point.js';
import { openDesk } from '../support/command-desk.js';
import { SleepyClock } from '../support/virtual-clock.js';

describe('a slew', () => {
  it('is no faster for a slider that is dragged', async () => {
    const desk = await openDesk({ rules: { fan: { slew: 50 } } });
    // Ten positions of a dragged slider, one each 10 ms: 100 ms at 50/s are 5, with the first step 10.
    for (let i = 0; i < 10; i++) {
      desk.tap('fan', i % 2 ? 95 : 100);
      await desk.clock.advance(10);
    }
    expect(desk.board.outputs.get('fan')).toBeLessThanOrEqual(15);
    await desk.close();
  });

  it('is over once the device is within half a step of where it is to be', async () => {
    const desk = await openDesk({ rules: { fan: { slew: 50 } } });
    const session = desk.board as unknown as { apply(command: { point: string; value: Value }): Promise<unknown> };
    // A device that reads back 30.4 for 30, which confirms: it is within half a step.
    session.apply = async (command) => {
      desk.board.told.push(command);
      const value = (command.value as number) + 0.4;
      desk.board.outputs.set(command.point, value);
      desk.board.say();
      return { value, settled: true };
    };
    desk.tap('fan', 10);
    await desk.clock.advance(60_000);
    expect(desk.board.told.length).toBeLessThan(10);
    await desk.close();
  });

  it('keeps to the shortest time between two commands also when a new wish comes', async () => {
    const desk = await openDesk({ rules: { fan: { slew: 10, minInterval: 1_000 } } });
    const times: number[] = [];
    const push = desk.board.told.push.bind(desk.board.told);
    desk.board.told.push = (...commands) => {
      times.push(desk.clock.now());
      return push(...commands);
    };
    desk.tap('fan', 50);
    await desk.clock.advance(1_050);
    desk.tap('fan', 60);
    await desk.clock.advance(3_000);
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
    await desk.close();
  });
});

it('a slew makes no leap after the machine stood still', async () => {
  const clock = new SleepyClock();
  const slew = new Slew(clock);
  const spec = { id: 'fan', role: 'actuator', type: 'number', min: 0, max: 100, step: 1, safe: 0 } as const;
  let at = 0;
  const steps: number[] = [];
  const send = async (command: DeviceCommand) => {
    const value = Number(command.aim?.() ?? command.value);
    steps.push(value - at);
    at = value;
    return { ok: true, value } as const;
  };
  const ruled = { ...spec, rules: { slew: 10 } };
  const command = { point: 'fan', value: 100, origin: 'anna', deadline: 1_500 };
  void slew.drive({ name: 'shed.fan', spec: ruled, said: () => at, send, ended: () => {} }, command);
  await clock.advance(1_000);
  clock.slept = 60_000;
  await clock.advance(200);
  expect(Math.max(...steps)).toBeLessThanOrEqual(2);
  slew.close();
});
