import { describe, expect, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import { askControl } from '../../src/control/client.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { CANARY } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { sceneOf } from '../support/scene-of.js';

/** A board whose sketch can call itself otherwise, and start anew, whenever it likes. */
function chameleon(id: string, seed: number) {
  const board = new BoardSimulator(systemClock(), seed, { identity: { id } });
  const rename = (next: string) => {
    (board.identity as { id: string }).id = next;
    board.reset();
  };
  return { board, rename };
}

describe('a board that changes its name', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  it('was left unapproved, and is not approved by a window that was opened for another one', async () => {
    const { rig } = scene();
    const { store, fleet } = rig.bridge;
    const { board, rename } = chameleon('gift', 7);
    rig.usb.plug('ttyUSB7', board);
    await eventually(() => store.health('gift')).toBe('unapproved');
    // The owner lets in what is plugged in from now on. Nothing is plugged in.
    expect(await askControl(rig.control, { op: 'approve_new', ms: 60_000 })).toMatchObject({ ok: true });
    rename('lamp');
    await eventually(() => store.health('lamp')).toBeDefined();
    await eventually(() => store.health('lamp')).not.toBe('offline');
    await eventually(() => fleet.devices.get('lamp')?.state).toBe('live');
    expect(store.health('lamp')).toBe('unapproved');
    expect(await askControl(rig.control, { op: 'set', device: 'lamp', point: 'pump', value: true })).toMatchObject({
      ok: false,
      code: 'unapproved',
    });
    expect(board.output('pump')).toBe(false);
  }, 30_000);
});

describe('a board that calls itself otherwise again and again', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  it('takes no places from others', async () => {
    const { rig } = scene();
    const { store, fleet } = rig.bridge;
    const { board, rename } = chameleon('n0', 8);
    rig.usb.plug('ttyUSB8', board);
    await eventually(() => store.health('n0')).toBe('unapproved');
    for (let i = 1; i < 32; i++) {
      rename(`n${i}`);
      await eventually(() => fleet.devices.get(`n${i}`)?.state).toBe('live');
    }
    rig.usb.plug('ttyUSB9', new BoardSimulator(systemClock(), 9, { identity: { id: 'honest' } }));
    await eventually(() => store.health('honest')).toBe('unapproved');
  }, 180_000);
});
