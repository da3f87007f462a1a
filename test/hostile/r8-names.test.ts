import { describe, expect, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import type { PointDescription } from '../../firmware-protocol/message.js';
import { askControl } from '../../src/control/client.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { CANARY } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { sceneOf } from '../support/scene-of.js';

const PLAIN = { unit: '', lease: 0, options: [] } as const;
const points: PointDescription[] = [
  { ...PLAIN, id: 'constructor', role: 'sensor', type: 'number', label: 'x' },
  { ...PLAIN, id: 'pump', role: 'actuator', type: 'boolean', label: 'Pump', safe: false },
];

describe('a board named as what every object has', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });
  it('is a device like any other', async () => {
    const { rig, anna } = scene();
    const { store } = rig.bridge;
    rig.usb.plug('ttyUSB7', new BoardSimulator(systemClock(), 7, { identity: { id: 'constructor' }, points }));
    await eventually(() => store.health('constructor')).toBe('unapproved');
    expect(await askControl(rig.control, { op: 'approve', device: 'constructor' })).toMatchObject({ ok: true });
    const state = () => anna.frames('rig.state').some((frame) => typeof (Object.hasOwn(frame, 'constructor') && (frame['constructor'] as { constructor: unknown }).constructor) === 'number');
    await eventually(state).toBe(true);
    await eventually(() => anna.frames('rig.health').some((frame) => Object.hasOwn(frame, 'constructor') && frame['constructor'] === 'online')).toBe(true);
    expect(await askControl(rig.control, { op: 'set', device: 'constructor', point: 'pump', value: true })).toMatchObject({ ok: true });
    expect(await scene().ask('rig.get_state', null)).toMatchObject({ ok: true, devices: { constructor: { health: 'online' } } });
    expect(await scene().ask('rig.card', { id: 'constructor' })).toMatchObject({ ok: true });
    expect(await scene().ask('rig.get_layout', null)).toMatchObject({ ok: true });
    await eventually(() => anna.frames('rig.history').length + 1).toBeGreaterThan(0);
    expect(scene().log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    expect(await scene().damage({})).toEqual([]);
  }, 30_000);
});
