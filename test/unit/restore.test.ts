import { afterEach, describe, expect, it, vi } from 'vitest';
import type { OutputPointOptions } from '../../src/device/output-options.js';
import type { PointSpec } from '../../src/device/point.js';
import { POINTS } from '../support/command-desk.js';
import { DesiredInMemory } from '../support/desired-in-memory.js';
import { ScriptedDevice } from '../support/scripted-device.js';
import { watched } from '../support/watched-desk.js';

afterEach(() => vi.restoreAllMocks());

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
