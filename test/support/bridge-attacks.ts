import type { JsonObject } from '../../src/mesh/frame.js';
import type { Attack } from './attack.js';
import { eventually } from './eventually.js';
import type { HostileScene } from './hostile-scene.js';

/** A command for a point of the shed. */
export const cmd = (point: string, value: unknown, more: JsonObject = {}): JsonObject => ({
  msg_type: 'rig.cmd',
  dev: 'shed',
  point,
  value,
  ...more,
});
/** The pump switched on, in the name of eve and with an id to answer. */
export const EVES_PUMP = cmd('pump', true, { _cmd: 'c', _from: 'eve' });
/** What a refusal is acknowledged with. */
export const no = (code: string) => ({ ok: false, code });
export const SILENCE = { silence: true };

/** A command that somebody on the channel broadcasts, and the code that it is refused with. */
export function tapped(name: string, payload: JsonObject, code: string, marks: JsonObject = {}): Attack<HostileScene> {
  return { name, attack: (scene) => scene.tap(payload, marks), refusal: no(code) };
}

/** A broadcast that is none of the bridge's business, whatever it looks like. */
export function unheard(name: string, payload: JsonObject, marks: JsonObject = {}): Attack<HostileScene> {
  return { name, attack: (scene) => scene.tap(payload, marks), refusal: SILENCE };
}

/** A request that somebody routes to the bridge. */
export function routed(name: string, type: string, payload: unknown, refusal: object): Attack<HostileScene> {
  return { name, attack: (scene) => scene.ask(type, payload), refusal };
}

/** Something that the bridge drops, and why. */
export function droppedAs(name: string, why: string, send: (scene: HostileScene) => unknown): Attack<HostileScene> {
  return {
    name,
    refusal: { [why]: 1 },
    attack: async (scene) => {
      const began = { ...scene.rig.bridge.mesh.stats.dropped };
      await send(scene);
      await eventually(() => scene.dropsSince(began)[why]).toBe(1);
      return scene.dropsSince(began);
    },
  };
}
