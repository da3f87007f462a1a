import { afterEach, describe, expect, it, vi } from 'vitest';
import { Slew } from '../../src/action/slew.js';
import { Device, type DeviceCommand } from '../../src/device/device.js';
import type { OutputPointOptions } from '../../src/device/output-options.js';
import type { PointSpec, Value } from '../../src/device/point.js';
import { bareMachine } from '../support/bare-machine.js';
import { openDesk, POINTS } from '../support/command-desk.js';
import { DesiredInMemory } from '../support/desired-in-memory.js';
import { ScriptedDevice } from '../support/scripted-device.js';
import { SleepyClock } from '../support/virtual-clock.js';
import { watched } from '../support/watched-desk.js';

afterEach(() => vi.restoreAllMocks());

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

describe('a wish that waits for its turn', () => {
  it('of a stick does not outlive the stick', async () => {
    const desk = await openDesk({ rules: { fan: { minInterval: 1_000 } } });
    const request = (value: number) =>
      ({ device: 'shed', point: 'fan', value, from: 'phone', size: 10, via: 'local', lease: 300 }) as const;
    void desk.router.execute(request(50));
    await desk.clock.advance(100);
    // The last that is heard of the phone.
    void desk.router.execute(request(55));
    await desk.clock.advance(350);
    expect(desk.board.outputs.get('fan')).toBe(0);
    desk.board.told.length = 0;
    await desk.clock.advance(2_000);
    expect(desk.board.told.filter(({ value }) => value !== 0)).toEqual([]);
    await desk.close();
  });

  it('of a button that is to be held does not outlive the panel that held it', async () => {
    const desk = await openDesk({ rules: { pump: { holdToRun: true, minOff: 1_000 } } });
    await desk.clock.advance(5_000);
    desk.tap('pump', true);
    await desk.clock.advance(20);
    desk.tap('pump', false);
    await desk.clock.advance(20);
    // Pressed again: it waits for the shortest time off. Then the panel dies.
    desk.tap('pump', true);
    desk.board.told.length = 0;
    await desk.clock.advance(1_000);
    await desk.clock.advance(3_000);
    expect(desk.board.told.filter(({ value }) => value === true)).toEqual([]);
    await desk.close();
  });

  it('a stick that is held drives on where its output may not be commanded as often as it speaks', async () => {
    const desk = await openDesk({ rules: { fan: { minInterval: 500 } } });
    const request = { device: 'shed', point: 'fan', value: 50, from: 'phone', size: 10, via: 'local', lease: 300 } as const;
    for (let i = 0; i < 30; i++) {
      void desk.router.execute(request);
      await desk.clock.advance(100);
    }
    expect(desk.board.told.filter(({ value }) => value === 0)).toEqual([]);
    await desk.close();
  });
});

describe('what is to come back', () => {
  it('comes back however many there are', async () => {
    const points: PointSpec[] = Array.from({ length: 40 }, (_, i) => ({
      id: `t${i}`,
      role: 'actuator',
      type: 'boolean',
      safe: false,
    }));
    const rules: Record<string, OutputPointOptions> = Object.fromEntries(
      points.map(({ id }) => [id, { onBoot: 'restore' }]),
    );
    const desired = new DesiredInMemory();
    for (const { id } of points) desired.note(`shed.${id}`, true);
    const desk = await watched(rules, desired, { points, interlocks: [] });
    await desk.clock.advance(20_000);
    expect([...desk.board.outputs.values()].filter((value) => value === true)).toHaveLength(40);
    await desk.close();
  });

  it('waits until it is known that the emergency stop is not pressed', async () => {
    const desired = new DesiredInMemory();
    desired.note('shed.pump', true);
    const button: PointSpec = { id: 'button', role: 'sensor', type: 'boolean' };
    const desk = await watched({ pump: { onBoot: 'restore' } }, desired, {
      points: [...POINTS, button],
      estop: [{ device: 'shed', point: 'button' }],
    });
    desk.board.io?.report([{ point: 'button', value: false }]);
    await desk.clock.advance(5_000);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.close();
  });

  it('waits until its neighbour is known to be off', async () => {
    const desired = new DesiredInMemory();
    desired.note('shed.pump', true);
    vi.spyOn(ScriptedDevice.prototype, 'say').mockImplementation(function (this: ScriptedDevice) {
      this.io?.report([{ point: 'pump', value: this.outputs.get('pump') ?? null }]);
      // Its neighbour is read a moment later, or is another board's, which takes longer to start.
      this.io?.after(500, () => this.io?.report([{ point: 'valve', value: this.outputs.get('valve') ?? null }]));
    });
    const desk = await watched({ pump: { onBoot: 'restore' } }, desired);
    await desk.clock.advance(20_000);
    expect(desk.store.said('shed', 'valve')).toBe(false);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.close();
  });

  it('has no command inside its lease, and so stays off, when the relay was away for longer than that', async () => {
    const desk = await watched({ pump: { lease: 30_000, onRelayLost: 'restore' } });
    desk.tap('pump', true);
    await desk.clock.advance(100);
    desk.relay.down();
    await desk.clock.advance(10_100);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.clock.advance(3_600_000);
    desk.relay.up();
    await desk.clock.advance(1_000);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('does not come back again and again beyond its lease with a device that flaps', async () => {
    const desk = await watched({ pump: { lease: 30_000, onDeviceLost: 'restore' } });
    desk.tap('pump', true);
    await desk.clock.advance(100);
    for (let i = 0; i < 6; i++) {
      await desk.clock.advance(15_000);
      await desk.lose();
    }
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('is not on after a start, as no command is inside its lease', async () => {
    const desired = new DesiredInMemory();
    desired.note('shed.pump', true);
    const desk = await watched({ pump: { lease: 30_000, onBoot: 'restore' } }, desired);
    await desk.clock.advance(2_000);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });
});

describe('a reload', () => {
  it('gives no wish to another connection that waited for its turn on the one before', async () => {
    const desk = await openDesk({ rules: { fan: { minInterval: 1_000 } } });
    desk.tap('fan', 50);
    await desk.clock.advance(20);
    const held = desk.tap('fan', 60);
    // What Fleet.replace does with a device whose entry is another one.
    desk.device.retired = true;
    await desk.device.safeAll('offline', 'its config changed');
    const stopped = desk.device.stop();
    await desk.clock.advance(10);
    await stopped;
    desk.store.describe('shed', []);
    const board = new ScriptedDevice(POINTS, desk.clock);
    const device = new Device({
      ...bareMachine,
      id: 'shed',
      kind: { kind: 'scripted', inFlight: 'device', pulses: false },
      driver: board,
      store: desk.store,
      clock: desk.clock,
      random: () => 0.5,
      outputs: new Map([['fan', { minInterval: 1_000 }]]),
    });
    const { devices } = (desk.commands as unknown as { rules: { fleet: { devices: Map<string, Device> } } }).rules.fleet;
    devices.set('shed', device);
    device.start();
    await desk.clock.advance(3_000);
    expect(device.state).toBe('live');
    expect(board.told).toEqual([]);
    expect(desk.ackOf(held)).toMatchObject({ ok: false, code: 'offline' });
    await device.stop();
    await desk.close();
  });
});

describe('a stick', () => {
  it('that dies is let go also after somebody else commanded its output in vain', async () => {
    const desk = await openDesk();
    const stick = { device: 'shed', point: 'fan', value: 50, from: 'anna', size: 10, via: 'local', lease: 300 } as const;
    void desk.router.execute(stick);
    await desk.clock.advance(100);
    void desk.router.execute(stick);
    await desk.clock.advance(50);
    desk.board.manner = 'refuses';
    const bob = desk.tap('fan', 60, { _from: 'bob' });
    await desk.clock.advance(10);
    expect(desk.ackOf(bob)).toMatchObject({ ok: false, code: 'device_refused' });
    desk.board.manner = 'obeys';
    // Anna's phone is never heard of again.
    await desk.clock.advance(60_000);
    expect(desk.board.outputs.get('fan')).toBe(0);
    await desk.close();
  });
});

describe('what a stick commanded', () => {
  const stick = { device: 'shed', point: 'fan', value: 50, from: 'anna', size: 10, via: 'local', lease: 300 } as const;

  it('is nothing that comes back after a power cut', async () => {
    const desk = await watched({ fan: { onBoot: 'restore' } });
    void desk.router.execute(stick);
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('fan')).toBe(50);
    // The power goes now; this is what the next start would bring back, with nobody at the stick.
    expect(desk.desired.of('shed.fan')).toBeUndefined();
    await desk.close();
  });

  it('does not come back for good with a device that was lost for a moment', async () => {
    const desk = await watched({ fan: { onDeviceLost: 'restore' } });
    void desk.router.execute(stick);
    await desk.clock.advance(50);
    // The cable shakes as the phone dies.
    await desk.lose(60_000);
    expect(desk.board.outputs.get('fan')).toBe(0);
    await desk.close();
  });
});

it('what is to come back does so also with a device that takes its time', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const points = ids.map((id) => ({ id, role: 'actuator', type: 'boolean', safe: false }) as const);
  const rules = Object.fromEntries(ids.map((id) => [id, { onDeviceLost: 'restore' } as const]));
  const desk = await watched(rules, undefined, { points, interlocks: [] });
  for (const id of ids) desk.tap(id, true);
  await desk.clock.advance(1_000);
  expect([...desk.board.outputs.values()]).toEqual(ids.map(() => true));
  desk.board.manner = 'late';
  desk.board.delay = 250;
  await desk.lose(60_000);
  expect([...desk.board.outputs.values()]).toEqual(ids.map(() => true));
  await desk.close();
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

describe('at the stop of the bridge, an output that is to stay as it is', () => {
  const stop = async (desk: Awaited<ReturnType<typeof openDesk>>) => {
    // What `Bridge.stop` does, in its order.
    desk.commands.close();
    desk.outputs.close();
    await desk.device.safeAll('offline', 'the bridge is stopping');
    await desk.clock.advance(100);
  };

  it('is not left on by a pulse, which nobody would end', async () => {
    const desk = await openDesk({ rules: { pump: { onExit: 'hold' } } });
    desk.tap('pump', undefined, { pulse_ms: 5_000 });
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await stop(desk);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('is not left on by a stick, which nobody would let go', async () => {
    const desk = await openDesk({ rules: { fan: { onExit: 'hold' } } });
    const stick = { device: 'shed', point: 'fan', value: 50, from: 'anna', size: 10, via: 'local', lease: 300 } as const;
    void desk.router.execute(stick);
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('fan')).toBe(50);
    await stop(desk);
    expect(desk.board.outputs.get('fan')).toBe(0);
    await desk.close();
  });

  it('is put to its safe value where it was on its way there, and could not be reached yet', async () => {
    const desk = await watched({ pump: { onExit: 'hold' } });
    desk.tap('pump', true);
    await desk.clock.advance(100);
    desk.board.manner = 'refuses';
    // The relay is lost: to its safe value, again and again until it is seen there.
    desk.relay.down();
    await desk.clock.advance(11_000);
    expect(desk.board.outputs.get('pump')).toBe(true);
    desk.board.manner = 'obeys';
    await stop(desk as never);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });
});

