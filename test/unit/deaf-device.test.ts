import { describe, expect, it } from 'vitest';
import { LinesDriver } from '../../devices/lines/driver.js';
import { linesOptions } from '../../devices/lines/options.js';
import { Device } from '../../src/device/device.js';
import type { Value } from '../../src/device/point.js';
import { describeError } from '../../src/error.js';
import type { Log } from '../../src/log.js';
import { Store } from '../../src/state/store.js';
import { bareMachine } from '../support/bare-machine.js';
import { FakePort } from '../support/fake-line.js';
import { VirtualClock } from '../support/virtual-clock.js';

const OPTIONS = {
  port: '/dev/fake',
  boot: '100ms',
  points: {
    temp: { unit: '°C' },
    pump: { role: 'actuator', type: 'boolean', write: 'PUMP {value:on|off}' },
    lamp: { role: 'actuator', type: 'boolean', write: 'LAMP {value:on|off}' },
  },
};

/** A sketch that says its outputs five times a second, on a cable whose line to it can be broken. */
async function setUp() {
  const clock = new VirtualClock();
  const store = new Store(clock);
  const port = new FakePort(clock);
  const outputs: Record<string, boolean> = { pump: false, lamp: false };
  const wire = { cut: false, speaks: true };
  port.onWrite = (line) => {
    const [, name = '', word] = /^(\w+) (on|off)$/.exec(line) ?? [];
    if (!wire.cut) outputs[name.toLowerCase()] = word === 'on';
  };
  const speak = () => {
    if (wire.speaks) port.say(`temp=21 pump=${outputs['pump'] ? 'on' : 'off'} lamp=${outputs['lamp'] ? 'on' : 'off'}`);
    clock.after(200, speak);
  };
  speak();
  const warnings: string[] = [];
  const log: Log = {
    debug: () => {},
    info: () => {},
    warn: ({ err }: { err?: unknown }, message) => void warnings.push(`${message}: ${describeError(err)}`),
    error: () => {},
    child: () => log,
  };
  const device = new Device({
    ...bareMachine,
    id: 'shed',
    kind: { kind: 'lines', inFlight: 'point', pulses: false },
    driver: new LinesDriver(linesOptions.parse(OPTIONS)),
    openLine: port.open,
    store,
    clock,
    log,
  });
  device.start();
  await clock.advance(1_000);
  const tap = async (point: string, value: Value) => {
    const outcome = device.command({ point, value, origin: 'anna', deadline: clock.now() + 1_500 });
    await clock.advance(2_000);
    return await outcome;
  };
  return { clock, store, port, device, wire, outputs, warnings, tap };
}

/** Cuts the line to the sketch and taps until its device counts as deaf. */
async function deafened() {
  const parts = await setUp();
  parts.wire.cut = true;
  for (let i = 0; i < 6; i++) await parts.tap('pump', true);
  return parts;
}

describe('a device whose line to it is broken', () => {
  it('has its port opened anew once, and is degraded then, with the probable cause', async () => {
    const { port, store, wire, warnings, device, tap } = await setUp();
    expect(await tap('pump', true)).toMatchObject({ ok: true });
    expect(await tap('pump', false)).toMatchObject({ ok: true });
    wire.cut = true;
    for (let i = 0; i < 3; i++) expect(await tap('pump', true)).toMatchObject({ ok: false, code: 'mismatch' });
    expect(port.opens).toBe(2);
    expect(store.health('shed')).toBe('online');
    for (let i = 0; i < 3; i++) expect(await tap('pump', true)).toMatchObject({ ok: false, code: 'mismatch' });
    expect(store.health('shed')).toBe('degraded');
    expect(store.point('shed', 'temp')).toMatchObject({ value: 21, quality: 'good' });
    expect(port.opens).toBe(2);
    const cause = /the wire to it broken \(TX of this side, RX of the board\)/;
    expect(warnings.filter((line) => line.startsWith('the device hears no commands'))).toEqual([
      expect.stringMatching(cause),
    ]);
    expect(device.trouble).toMatch(cause);
  });

  it('is not asked for nothing, but for what makes it safe', async () => {
    const { port, device, clock, tap } = await deafened();
    const written = port.written.length;
    const asked = clock.now();
    const command = { point: 'pump', value: true, origin: 'anna', deadline: asked + 1_500 };
    expect(await device.command(command)).toEqual({
      ok: false,
      code: 'offline',
      message: 'shed hears nothing: it speaks, but its commands go unanswered, on a new connection too',
    });
    expect(clock.now()).toBe(asked);
    expect(port.written).toHaveLength(written);
    await tap('pump', false);
    expect(port.written.slice(written)).toEqual(['PUMP off']);
  });

  it('is tried now and then, and well again as soon as it obeys', async () => {
    const { wire, store, outputs, device, clock, tap } = await deafened();
    await clock.advance(30_000);
    expect(await tap('pump', true)).toMatchObject({ code: 'mismatch' });
    expect(await tap('pump', true)).toMatchObject({ code: 'offline' });
    wire.cut = false;
    await clock.advance(30_000);
    expect(await tap('pump', true)).toMatchObject({ ok: true });
    expect(outputs['pump']).toBe(true);
    expect(store.health('shed')).toBe('online');
    expect(device.trouble).toBeUndefined();
  });

  it('does not seem to hear because it says by itself what was wanted', async () => {
    const { store, tap } = await deafened();
    expect(await tap('lamp', false)).toMatchObject({ ok: true });
    expect(store.health('shed')).toBe('degraded');
  });

  it('is another one after its cable was pulled', async () => {
    const { port, store, wire, clock, tap } = await deafened();
    port.vanish();
    wire.cut = false;
    await clock.advance(2_000);
    expect(store.health('shed')).toBe('online');
    expect(await tap('pump', true)).toMatchObject({ ok: true });
  });

  it('that says nothing either is no deaf one', async () => {
    const { port, wire, store, tap } = await setUp();
    wire.cut = true;
    wire.speaks = false;
    for (let i = 0; i < 4; i++) expect(await tap('pump', true)).toMatchObject({ code: 'timeout' });
    expect(port.opens).toBe(1);
    expect(store.health('shed')).not.toBe('degraded');
  });

  it('is noticed at the connection already, where an output is not safe', async () => {
    const { port, outputs, wire, store, clock } = await setUp();
    wire.cut = true;
    outputs['pump'] = true;
    port.vanish();
    await clock.advance(15_000);
    expect(store.health('shed')).toBe('degraded');
    expect(port.opens).toBe(3);
  });
});
