import type { JsonObject } from '../mesh/frame.js';
import type { Contract } from './contract.js';
import { hear } from './sync.js';

/** What each control of a layout holds once it has heard these frames, by its id; controls that heard nothing are left out. */
export function snapshotOf(contract: Pick<Contract, 'controls'>, frames: readonly JsonObject[]): Map<string, unknown> {
  const held = new Map<string, unknown>();
  for (const { id, type, listens } of contract.controls.values()) {
    for (const frame of frames) {
      for (const listen of listens) {
        const outcome = hear(type, listen, frame);
        if ('delivery' in outcome && outcome.delivery.to === 'value') held.set(id, outcome.delivery.value);
      }
    }
  }
  return held;
}
