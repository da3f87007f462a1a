import { describe, expect, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import type { PointDescription } from '../../firmware-protocol/message.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig } from '../support/rig.js';

const PLAIN = { unit: '', lease: 0, options: [] } as const;
const temp: PointDescription = { ...PLAIN, id: 'temp', role: 'sensor', type: 'number', label: 'Temperature' };
const pump = (safe: boolean): PointDescription => ({
  ...PLAIN,
  id: 'pump',
  role: 'actuator',
  type: 'boolean',
  label: 'Pump',
  safe,
});
/** Says that its pump is off, which it calls unsafe, and refuses to be put elsewhere. */
class Unwilling extends BoardSimulator {
  override reset(): void {
    super.reset();
    const { firmware } = this as unknown as { firmware: { outputs: Map<string, { value: unknown; putSafe: () => void }>; refusing: string } };
    firmware.refusing = 'busy';
    const output = firmware.outputs.get('pump');
    if (output) {
      output.value = false;
      output.putSafe = () => {};
    }
  }
}
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * An approved (or configured) board goes away; another one, never approved, calls itself by its name, says that its pump is
 * safe when on, and refuses to be put there. What the bridge owes that one must not be told to the first one.
 */
async function hijacked(config: object, approve: boolean, stop = false) {
  const identity = { id: 'greenhouse', name: 'Greenhouse' };
  const good = new BoardSimulator(systemClock(), 3, { identity, points: [temp, pump(false)] });
  const evil = new Unwilling(systemClock(), 4, { identity, points: [temp, pump(true)] });
  const rig = await Rig.open(embeddedRelay, { devices: {}, token: 'a-token-of-it', config });
  const { store, fleet } = rig.bridge;
  rig.usb.plug('ttyUSB0', good, { serialNumber: 'GOOD' });
  await eventually(() => fleet.devices.get('greenhouse')?.state).toBe('live');
  if (approve) await fleet.approve('greenhouse');
  await eventually(() => store.health('greenhouse')).toBe('online');
  rig.usb.pull('ttyUSB0');
  await eventually(() => store.health('greenhouse')).toBe('offline');
  rig.usb.plug('ttyUSB1', evil, { serialNumber: 'EVIL' });
  await eventually(() => fleet.devices.get('greenhouse')?.state).toBe('live');
  const imposter = store.health('greenhouse');
  if (stop) await rig.bridge.router.emergencyStop('somebody');
  await wait(700);
  rig.usb.pull('ttyUSB1');
  await eventually(() => store.health('greenhouse')).toBe('offline');
  good.executions.clear();
  rig.usb.plug('ttyUSB0', good, { serialNumber: 'GOOD' });
  await eventually(() => store.health('greenhouse')).toBe('online');
  await wait(1_500);
  const got = { imposter, pump: good.output('pump'), told: [...good.executions.keys()].filter((what) => what.includes(' set ')) };
  await rig.close();
  return got;
}

describe('what an unapproved board with another one’s name is owed', () => {
  it('is not told to the board of the config', async () => {
    const config = { devices: { greenhouse: { driver: 'board', port: 'auto' } } };
    expect(await hijacked(config, false)).toEqual({ imposter: 'unapproved', pump: false, told: [] });
  }, 60_000);

  it('is not told to the board that its owner approved', async () => {
    expect(await hijacked({ discover: true }, true)).toEqual({ imposter: 'unapproved', pump: false, told: [] });
  }, 60_000);

  it('is not told to anybody while the emergency stop is latched', async () => {
    const config = { devices: { greenhouse: { driver: 'board', port: 'auto' } } };
    expect(await hijacked(config, false, true)).toEqual({ imposter: 'unapproved', pump: false, told: [] });
  }, 60_000);
});
