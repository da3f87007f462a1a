import type { ControlContract } from '../../layout/contract.js';
import { isObject } from '../../mesh/frame.js';

/** What the bridge refuses a viewer, after its namespace. */
const COMMANDS = ['cmd', 'set', 'hold', 'arm', 'estop_reset'] as const;

/** Whether a viewer may do something at a control that is bound to `target`: what only shows, and the emergency stop. */
export function isForViewers(
  { actions }: Pick<ControlContract, 'actions'>,
  target: unknown,
  namespace: string,
): boolean {
  if (actions.length === 0 || target === 'bridge.estop') return true;
  const commands: unknown[] = COMMANDS.map((kind) => `${namespace}.${kind}`);
  const isCommand = (payload: unknown) => isObject(payload) && commands.includes(payload['msg_type']);
  return target === undefined && !actions.some(({ action }) => isCommand(action['payload']));
}
