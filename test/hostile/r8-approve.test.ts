import { describe, expect, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import type { PointDescription } from '../../firmware-protocol/message.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { CANARY } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { sceneOf } from '../support/scene-of.js';

const PLAIN = { unit: '', lease: 0, options: [] } as const;
const out = (id: string): PointDescription => ({ ...PLAIN, id, role: 'actuator', type: 'boolean', label: id, safe: false });

describe('a board that describes other outputs just before its owner says yes', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  it('does not get consent for them', async () => {
    const { rig, page } = scene();
    const { store, fleet } = rig.bridge;
    const board = new BoardSimulator(systemClock(), 7, { identity: { id: 'gift' }, points: [out('light')] });
    rig.usb.plug('ttyUSB7', board);
    await eventually(() => store.health('gift')).toBe('unapproved');
    // What the owner sees, and is about to consent to.
    const shown = () => (page.ofType('panel.devices').at(-1)?.['devices'] as { id: string; outputs: number }[]).find(({ id }) => id === 'gift');
    await eventually(() => shown()?.outputs).toBe(1);
    const before = page.ofType('panel.devices').length;
    (board as { points: readonly PointDescription[] }).points = [out('laser')];
    board.reset();
    await eventually(() => store.point('gift', 'laser')?.spec.id).toBe('laser');
    await eventually(() => fleet.devices.get('gift')?.state).toBe('live');
    const answer = await page.ask('panel.approve', { device: 'gift' });
    const seen = page.ofType('panel.devices').length - before;
    expect({ ok: answer['ok'], approved: fleet.devices.get('gift')?.approved, seen }).toMatchObject({ ok: false, approved: false });
  }, 30_000);
});
