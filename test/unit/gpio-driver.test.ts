import { afterEach, describe, expect, it } from 'vitest';
import { gpioKind } from '../../devices/gpio/kind.js';
import { SimulatedPins } from '../../devices/gpio/simulated-pins.js';
import { Device } from '../../src/device/device.js';
import { Store } from '../../src/state/store.js';
import { bareMachine } from '../support/bare-machine.js';
import { DriverBench, outcome } from '../support/driver-bench.js';
import { VirtualClock } from '../support/virtual-clock.js';

let bench: DriverBench;
let pins: SimulatedPins;
afterEach(() => bench.close());

async function live(points: object, prepare: (pins: SimulatedPins) => void = () => {}) {
  const clock = new VirtualClock();
  pins = new SimulatedPins(clock);
  prepare(pins);
  bench = new DriverBench(gpioKind.create(gpioKind.options.parse({ points })), pins, clock);
  return await bench.connect(0);
}

const events = () => bench.events.map(({ event, count }) => `${event} ${count}`);

describe('outputs', () => {
  it('have their level from the start, say it, and are confirmed by the line', async () => {
    const session = await live({
      lamp: { pin: 17, direction: 'out' },
      relay: { pin: 27, direction: 'out', activeLow: true },
      fridge: { pin: 22, direction: 'out', safe: true },
      start: { pin: 23, direction: 'out', initial: true },
    });
    expect(pins.history).toEqual(['17=0', '27=1', '22=1', '23=1']);
    expect(bench.values).toEqual({ lamp: false, relay: false, fridge: true, start: true });
    expect(await bench.apply(session, { point: 'relay', value: true })).toEqual({ value: true, settled: true });
    expect([pins.level(27), bench.values['relay']]).toEqual([false, true]);
  });

  it('that do not obey are a mismatch, and the truth is shown', async () => {
    const session = await live({ lamp: { pin: 17, direction: 'out' } });
    pins.stuck.add(17);
    expect(await outcome(bench.apply(session, { point: 'lamp', value: true }))).toBe('device/mismatch');
    expect(bench.values['lamp']).toBe(false);
  });

  it('in percent', async () => {
    const session = await live({ fan: { pin: 18, direction: 'out', pwm: { frequency: '25kHz' }, min: 20, safe: 30 } });
    expect([pins.share(18), bench.values['fan']]).toEqual([0.3, 30]);
    expect(await bench.apply(session, { point: 'fan', value: 55 })).toEqual({ value: 55, settled: true });
    expect(pins.share(18)).toBeCloseTo(0.55);
  });

  it('tell the store what they begin as and what stays at the stop', async () => {
    await live({
      lamp: { pin: 17, direction: 'out', initial: true },
      pump: { pin: 27, direction: 'out', onExit: 'hold' },
      fan: { pin: 18, direction: 'out', pwm: {}, initial: 'keep' },
    });
    const spec = (id: string) => bench.store.point('dev', id)?.spec;
    expect(spec('lamp')).toMatchObject({ role: 'actuator', safe: false, initial: true });
    expect(spec('pump')).toMatchObject({ safe: false, adopts: true, holds: true });
    expect(spec('fan')).toMatchObject({ type: 'number', min: 0, max: 100, step: 1, unit: '%', adopts: true });
    expect(spec('fan')).not.toHaveProperty('holds');
  });
});

it('the points of every kind are known before the pins are there', async () => {
  const points = {
    door: { pin: 4, direction: 'in', label: 'Door' },
    bell: { pin: 5, direction: 'in', role: 'event' },
    wind: { pin: 13, direction: 'in', measure: 'frequency', unit: 'Hz' },
    knob: { pins: [20, 21], direction: 'in', measure: 'encoder', min: 0, max: 10 },
    lamp: { pin: 17, direction: 'out' },
    fan: { pin: 18, direction: 'out', pwm: {} },
  };
  await live(points);
  const known = gpioKind.points?.(gpioKind.options.parse({ points }));
  expect(known).toEqual([...bench.store.points('dev').values()].map(({ spec }) => spec));
  expect(known).toHaveLength(6);
});

describe('inputs', () => {
  it('say what they are, and each change', async () => {
    await live({ door: { pin: 4, direction: 'in', activeLow: true, debounce: '20ms' } });
    expect(bench.values['door']).toBe(true);
    pins.set(4, true);
    await bench.clock.advance(10);
    expect(bench.values['door']).toBe(true);
    await bench.clock.advance(15);
    expect(bench.values['door']).toBe(false);
  });

  it('are looked at once a second, in case that an edge got lost', async () => {
    const session = await live({ door: { pin: 4, direction: 'in' } });
    pins.deaf.add(4);
    pins.set(4, true);
    expect(bench.values['door']).toBe(false);
    await bench.clock.advance(1_001);
    expect(bench.values['door']).toBe(true);
    expect(session.identity).toEqual({});
  });

  it('as a button: pressed, held, released, clicked, each counted; bounces do not count', async () => {
    await live({ bell: { pin: 5, direction: 'in', role: 'event', hold: '500ms' } });
    const press = async (ms: number) => {
      pins.set(5, true);
      pins.pulse(5);
      pins.set(5, true);
      await bench.clock.advance(ms);
      pins.set(5, false);
      await bench.clock.advance(100);
    };
    await press(100);
    expect(events()).toEqual(['pressed 1', 'released 1', 'clicked 1']);
    bench.events.length = 0;
    await press(900);
    expect(events()).toEqual(['pressed 2', 'held 1', 'released 2']);
    bench.events.length = 0;
    pins.pulse(5);
    await bench.clock.advance(100);
    expect(events()).toEqual([]);
  });

  it('as a button that is down at the start: a press that nobody heard of, and no click', async () => {
    await live({ bell: { pin: 5, direction: 'in', role: 'event', hold: '500ms' } }, (bank) => bank.set(5, true));
    pins.set(5, false);
    await bench.clock.advance(100);
    expect(events()).toEqual(['gap 1', 'released 1']);
  });

  it('as a button: what the kernel dropped is a gap, and never a second press in a row', async () => {
    await live({ bell: { pin: 5, direction: 'in', role: 'event', debounce: '0ms' } });
    pins.set(5, true);
    pins.lose(5, 2);
    pins.set(5, false);
    expect(events()).toEqual(['pressed 1', 'gap 2', 'released 1']);
  });

  it('as a counter: exact, also over what the kernel dropped', async () => {
    await live({ water: { pin: 6, direction: 'in', measure: 'count', scale: 0.1, unit: 'L' } });
    for (let i = 0; i < 3; i++) pins.pulse(6);
    expect(bench.values['water']).toBe(0.3);
    pins.lose(6, 40);
    pins.pulse(6);
    expect(bench.values['water']).toBe(4.4);
    await bench.clock.advance(1_000);
    expect(bench.infos.join()).toContain('too fast');
  });

  it('as a counter of both edges', async () => {
    await live({ steps: { pin: 6, direction: 'in', measure: 'count', edges: 'both' } });
    for (let i = 0; i < 3; i++) pins.pulse(6);
    expect(bench.values['steps']).toBe(6);
  });

  it('as a frequency, from the times of the pulses; a slow one does not fall to 0 between two of them', async () => {
    await live({ wind: { pin: 13, direction: 'in', measure: 'frequency', scale: 2 } });
    const run = async (ms: number, times: number) => {
      for (let i = 0; i < times; i++) {
        pins.pulse(13);
        await bench.clock.advance(ms);
      }
    };
    await run(20, 101);
    expect(bench.values['wind']).toBe(100);
    await run(2_500, 4);
    expect(bench.values['wind']).toBe(0.8);
    await bench.clock.advance(20_000);
    expect(bench.values['wind']).toBe(0);
    await run(100, 21);
    expect(bench.values['wind']).toBe(20);
  });

  it('as a rotary encoder: both ways, within limits, and not confused by a bounce', async () => {
    await live({ knob: { pins: [20, 21], direction: 'in', measure: 'encoder', scale: 5, min: 0, max: 10 } });
    const detent = (first: number, second: number) => {
      pins.set(first, true);
      pins.set(second, true);
      pins.set(second, false);
      pins.set(second, true);
      pins.set(first, false);
      pins.set(second, false);
    };
    expect(bench.values['knob']).toBe(0);
    detent(20, 21);
    expect(bench.values['knob']).toBe(5);
    detent(20, 21);
    detent(20, 21);
    expect(bench.values['knob']).toBe(10);
    detent(21, 20);
    expect(bench.values['knob']).toBe(5);
  });
});

describe('the bank', () => {
  it('is lost with its chip, and everything is closed', async () => {
    await live({ door: { pin: 4, direction: 'in' }, lamp: { pin: 17, direction: 'out' } });
    pins.vanish();
    expect(await bench.io.ended).toMatchObject({ code: 'pin/lost' });
    await bench.clock.advance(5_000);
    expect([bench.clock.timers, pins.opened]).toEqual([0, 0]);
  });

  it('with outputs only notices a chip that is gone when it looks', async () => {
    await live({ lamp: { pin: 17, direction: 'out' } });
    pins.vanish();
    await bench.clock.advance(1_001);
    expect(await bench.io.ended).toMatchObject({ code: 'pin/lost' });
  });

  it('is not live with a pin that somebody else has; the others are let go', async () => {
    const points = { lamp: { pin: 17, direction: 'out' }, door: { pin: 4, direction: 'in' } };
    const failed = live(points, (bank) => bank.occupied.add(4));
    expect(await outcome(failed)).toBe('pin/busy');
    await bench.close();
    expect(pins.opened).toBe(0);
  });

  it('opens outputs first', async () => {
    await live({ door: { pin: 4, direction: 'in' }, lamp: { pin: 17, direction: 'out' } });
    expect(pins.order).toEqual([17, 4]);
  });

  it('refuses to switch an input', async () => {
    const session = await live({ door: { pin: 4, direction: 'in' } });
    expect(await outcome(bench.apply(session, { point: 'door', value: true }))).toBe('device/refused');
  });
});

it('after an emergency stop outputs are opened at their safe values, whatever they are to begin with', async () => {
  const clock = new VirtualClock();
  const bank = new SimulatedPins(clock);
  const points = {
    saw: { pin: 2, direction: 'out', initial: true },
    lamp: { pin: 3, direction: 'out', initial: 'keep' },
    fan: { pin: 18, direction: 'out', pwm: {}, initial: 60 },
  };
  const device = new Device({
    ...bareMachine,
    id: 'pins',
    kind: gpioKind,
    driver: gpioKind.create(gpioKind.options.parse({ points })),
    pins: bank,
    store: new Store(clock),
    clock,
    stopped: () => true,
  });
  device.start();
  await clock.advance(5_000);
  expect([bank.history, bank.share(18)]).toEqual([['2=0', '3=0'], 0]);
  await device.stop();
});

describe('the simulator', () => {
  it('lets things happen, and stops', async () => {
    const options = gpioKind.options.parse({
      points: {
        door: { pin: 4, direction: 'in' },
        knob: { pins: [20, 21], direction: 'in', measure: 'encoder' },
        lamp: { pin: 17, direction: 'out' },
      },
    });
    const clock = new VirtualClock();
    const simulator = gpioKind.simulatePins?.(options, clock, 1);
    if (!simulator) throw new Error('gpio has no simulator');
    bench = new DriverBench(gpioKind.create(options), simulator.pins, clock);
    simulator.start();
    await bench.connect(6_000);
    expect(bench.values).toMatchObject({ door: true, lamp: false, knob: expect.any(Number) });
    expect(Math.abs(Number(bench.values['knob']))).toBeGreaterThan(5);
    simulator.stop();
    await bench.close();
    expect(clock.timers).toBe(0);
  });
});
