import type { Store } from '../state/store.js';
import type { PointSpec, Value } from './point.js';

/** An output that has a safe value. */
export type SafeOutput = PointSpec & { readonly safe: Value };

/** The outputs of a device that have a safe value. */
export function safeOutputs(store: Store, device: string): SafeOutput[] {
  return [...store.points(device).values()].flatMap(({ spec }) =>
    spec.role === 'actuator' && spec.safe !== undefined ? [{ ...spec, safe: spec.safe }] : [],
  );
}
