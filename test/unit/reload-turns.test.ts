import { describe, expect, it } from 'vitest';
import { Device } from '../../src/device/device.js';
import { bareMachine } from '../support/bare-machine.js';
import { openDesk, POINTS } from '../support/command-desk.js';
import { ScriptedDevice } from '../support/scripted-device.js';

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
    const { devices } = (desk.commands as unknown as { rules: { fleet: { devices: Map<string, Device> } } }).rules
      .fleet;
    devices.set('shed', device);
    device.start();
    await desk.clock.advance(3_000);
    expect(device.state).toBe('live');
    expect(board.told).toEqual([]);
    expect(desk.ackOf(held)).toMatchObject({ ok: false, code: 'offline' });
    await device.stop();
    await desk.close();
  });

  it('carries out no wish that waited for its turn while its sender lost the right to it', async () => {
    const desk = await openDesk({ rules: { fan: { minInterval: 1_000 } } });
    desk.tap('fan', 50);
    await desk.clock.advance(20);
    const held = desk.tap('fan', 60);
    desk.rules.access = { ...desk.rules.access, defaultRole: 'viewer' };
    await desk.clock.advance(1_000);
    expect(desk.ackOf(held)).toMatchObject({ ok: false, code: 'role' });
    expect(desk.board.outputs.get('fan')).toBe(50);
    await desk.close();
  });
});
