import { isObject } from '../mesh/frame.js';
import { commandingOf } from './bound-commands.js';
import type { Contract, ControlContract } from './contract.js';
import { tokensIn } from './emit.js';
import { type ControlFinding, quoted, warning } from './finding.js';

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

/**
 * The points that sticks command in the bridge's own words, as `device.point`, and after how long these are let go; not those
 * that a slider commands too, which says its value once.
 */
export function deadMenOf(contract: Contract, namespace: string): ReadonlyMap<string, number> {
  const leases = new Map<string, number>();
  const commands = commandsIn(contract, namespace);
  const lasting = new Set(commands.flatMap(({ name, lease }) => (lease === undefined ? [name] : [])));
  for (const { name, lease = 0 } of commands) {
    if (!lasting.has(name)) leases.set(name, Math.max(leases.get(name) ?? 0, lease));
  }
  return leases;
}

/** Sticks that are not let go when they fall silent, as something else commands the same point. */
export function deadMenLost(contract: Contract, namespace: string): ControlFinding[] {
  const commands = commandsIn(contract, namespace);
  return commands.flatMap(({ name, lease, control: { id, path } }) => {
    const other = commands.find((command) => command.name === name && command.lease === undefined)?.control.id;
    if (lease === undefined || other === undefined) return [];
    const message = `${quoted(name)} stays where it is when the stick falls silent, as ${quoted(other)} commands it too`;
    return [{ ...warning('no_dead_man', path, message, 'give the stick a point of its own'), control: id }];
  });
}

interface Commanding {
  readonly name: string;
  readonly control: ControlContract;
  readonly lease: number | undefined;
}

/** Who commands which point with a value that changes: a button that always says the same, such as stop, takes nothing from a stick. */
function commandsIn(contract: Contract, namespace: string): Commanding[] {
  return [...contract.controls.values()].flatMap((control) =>
    commandingOf(control).flatMap(({ action: { payload } }): Commanding[] => {
      if (!isObject(payload) || payload['msg_type'] !== `${namespace}.cmd`) return [];
      if (tokensIn(JSON.stringify(payload['value'] ?? null)).length === 0) return [];
      const name = `${String(payload['dev'])}.${String(payload['point'])}`;
      return [{ name, control, lease: deadManOf(control) }];
    }),
  );
}
