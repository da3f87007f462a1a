import { afterAll, beforeAll, expect } from 'vitest';
import { HostileScene } from './hostile-scene.js';
import type { MakeRelay } from './relays.js';
import type { RigOptions } from './rig.js';

/** Opens a scene before the tests of a suite, and closes it after them; they get it by what is returned. */
export function sceneOf(make: MakeRelay, options: RigOptions): () => HostileScene {
  let scene: HostileScene;
  beforeAll(async () => {
    scene = await HostileScene.open(make, options);
  });
  afterAll(() => scene.close());
  return () => scene;
}

/** Whatever was tried, the bridge is its owner's: nothing was moved, not by what came late either, and an honest tap switches. */
export async function expectOwned(scene: HostileScene): Promise<void> {
  expect(scene.damageSoFar()).toEqual([]);
  expect(await scene.honestTap()).toEqual({ ok: true, value: true, heard: 'PUMP on\n' });
}
