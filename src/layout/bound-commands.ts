import type { PointSpec } from '../device/point.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import type { ActionSpot } from './actions.js';
import { meantFor } from './bound-value.js';
import { TYPES } from './catalogue.js';
import type { Contract, ControlContract } from './contract.js';
import { substitute } from './emit.js';
import { error, type LayoutFinding } from './finding.js';
import { fixedWish } from './fixed-wish.js';
import { type Target, targetName } from './target.js';
import { type Match, matchTemplate } from './template.js';

/** What a frame of a bound layout asks for. */
export type BoundCommand =
  | {
      readonly kind: 'point';
      readonly device: string;
      readonly point: string;
      readonly value?: unknown;
      readonly pulseMs?: unknown;
    }
  | { readonly kind: 'estop' | 'estop_reset' | 'poll' };

/** The point that a name means, where that is known by now. */
export type SpecOf = (device: string, point: string) => PointSpec | undefined;

/** An action of a bound control, as its frames come in. */
export interface Command {
  readonly control: ControlContract;
  readonly action: ActionSpot;
  readonly payload: JsonObject;
  readonly target: Target;
  /** False where the payload is the same whatever the gesture. */
  readonly hasValue: boolean;
}

/** The commands of bound controls, and why some can't be carried out. */
export function commandsFor(
  contract: Contract,
  targets: ReadonlyMap<string, Target>,
): { commands: Command[]; problems: LayoutFinding[] } {
  const commands: Command[] = [];
  const problems: LayoutFinding[] = [];
  for (const [id, target] of targets) {
    const control = contract.controls.get(id);
    if (!control || target.kind === 'health') continue;
    for (const action of control.actions) {
      if (action.name !== 'action' && action.name !== 'longPressAction') continue;
      const { event, payload, method = 'meshsocket' } = action.action;
      if (method !== 'meshsocket' || typeof event !== 'string') continue;
      const path = [...control.path, ...action.path];
      if (event !== 'broadcast_request') {
        const message = 'a bound control can only send broadcasts: nothing else reaches the bridge, or is acknowledged';
        problems.push(error('dead_action', [...path, 'event'], message, 'write `"event":"broadcast_request"`'));
      } else if (!isObject(payload)) {
        problems.push(error('bad_action', [...path, 'payload'], 'a bound action needs a payload with `msg_type`'));
      } else
        commands.push({ control, action, payload, target, hasValue: JSON.stringify(payload).includes('{{value}}') });
    }
  }
  return { commands, problems: [...problems, ...mistakable(commands)] };
}

/** The command that is meant by a payload: of several that match, the one that had to match in most parts. */
export function recognise(
  commands: readonly Command[],
  payload: JsonObject,
): { command: Command; match: Match } | undefined {
  let best: { command: Command; match: Match } | undefined;
  for (const command of commands) {
    const match = matchTemplate(command.payload, payload);
    if (match && (!best || match.literals > best.match.literals)) best = { command, match };
  }
  return best;
}

/** What a recognised frame asks for. */
export function commandOf({ payload, target, hasValue }: Command, match: Match, specOf: SpecOf): BoundCommand {
  if (target.kind !== 'point') {
    // A switch for the emergency stop: its other side lets go.
    const off = target.kind === 'estop' && hasValue && match.value === false;
    return { kind: off ? 'estop_reset' : target.kind === 'estop_reset' ? 'estop_reset' : 'estop' };
  }
  const { device, point } = target;
  const spec = specOf(device, point);
  if (hasValue) return { kind: 'point', device, point, value: meantFor(spec, match.value) };
  const wish = spec && fixedWish(payload, spec);
  // Without its value the command is refused with a reason, which is better than silence.
  return { kind: 'point', device, point, ...wish };
}

/** Frames of one control that would be taken for another's. */
function mistakable(commands: readonly Command[]): LayoutFinding[] {
  return commands.flatMap((command) => {
    const { control, action, payload, target } = command;
    const frame = substitute(payload, { value: sampleOf(control) }, control.type) as JsonObject;
    const own = matchTemplate(payload, frame);
    const rival = commands.find((other) => {
      if (targetName(other.target) === targetName(target)) return false;
      const match = matchTemplate(other.payload, frame);
      return match !== undefined && match.literals >= (own?.literals ?? 0);
    });
    if (!rival) return [];
    const message = `nobody can tell this from what \`${rival.control.id}\` sends, which means \`${targetName(rival.target)}\``;
    const path = [...control.path, ...action.path, 'payload'];
    return [error('collision', path, message, 'add a key that tells them apart')];
  });
}

/** What a control may send: what matters is its type. */
function sampleOf({ type, control }: ControlContract): unknown {
  const { options, min } = control;
  if (Array.isArray(options) && options.length > 0) return options[0];
  const gives = TYPES.get(type ?? '')?.gives;
  if (gives === 'boolean') return true;
  return gives === 'number' ? (typeof min === 'number' ? min : 1) : 'text';
}
