import { isObject } from '../mesh/frame.js';
import { commandingOf } from './bound-commands.js';
import type { Contract, ControlContract } from './contract.js';

/** Seconds between two words of a stick where its layout says nothing else. */
const SEND_RATE = 0.1;
/** A sender has ten commands a second, whatever its stick's pace is. */
const FASTEST = 0.1;

/**
 * Milliseconds after which a stick that says nothing more is taken for let go: three times its pace. Undefined for other
 * controls, and for a stick that is to stay where it was left.
 */
export function deadManOf({ type, control }: Pick<ControlContract, 'type' | 'control'>): number | undefined {
  if (type !== 'joystick' || control['sticky'] === true) return undefined;
  const { sendRate } = control;
  const pace = typeof sendRate === 'number' && sendRate > 0 ? sendRate : SEND_RATE;
  return Math.round(3 * Math.max(FASTEST, pace) * 1_000);
}

/** The points that only sticks command in the bridge's own words, as `device.point`, and after how long these are let go. */
export function deadMenOf(contract: Contract, namespace: string): ReadonlyMap<string, number> {
  const leases = new Map<string, number | undefined>();
  for (const control of contract.controls.values()) {
    for (const { action } of commandingOf(control)) {
      const { payload } = action;
      if (!isObject(payload) || payload['msg_type'] !== `${namespace}.cmd`) continue;
      const name = `${String(payload['dev'])}.${String(payload['point'])}`;
      const lease = deadManOf(control);
      const known = leases.has(name) ? leases.get(name) : lease;
      // A slider beside the stick says its value once.
      leases.set(name, known === undefined || lease === undefined ? undefined : Math.max(known, lease));
    }
  }
  return new Map([...leases].flatMap(([name, lease]) => (lease === undefined ? [] : [[name, lease] as const])));
}
