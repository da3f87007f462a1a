import type { PointSpec } from '../device/point.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import type { ActionSpot } from './actions.js';
import { meantFor } from './bound-value.js';
import { TYPES } from './catalogue.js';
import type { Contract, ControlContract } from './contract.js';
import { tokensIn } from './emit.js';
import { error, type LayoutFinding } from './finding.js';
import { fixedWish } from './fixed-wish.js';
import { canPassFor } from './overlap.js';
import { FIXED_TYPES } from './own-frames.js';
import { type AxisTarget, type Target, targetName } from './target.js';
import { literalsIn, type Match, matchTemplate, type Said, saidIn } from './template.js';

/** The control with two axes. */
const STICK = 'joystick';

/** The bridge's own commands: `<ns>.<kind>`. */
const OWN = ['cmd', 'arm', 'hold', 'estop', 'estop_reset', 'poll'];

/** What is asked of one point. */
export interface BoundWish {
  readonly device: string;
  readonly point: string;
  readonly value?: unknown;
  readonly pulseMs?: unknown;
  /** It comes from a stick: without another one in so many milliseconds it is let go. */
  readonly lease?: number | undefined;
}

/** What a frame of a bound layout asks for; of a stick, where each of its axes is to be. */
export type BoundCommand =
  | (BoundWish & { readonly kind: 'point' })
  | { readonly kind: 'axes'; readonly wishes: readonly BoundWish[] }
  | { readonly kind: 'estop' | 'estop_reset' | 'poll' };

/** The point that a name means, where that is known by now. */
export type SpecOf = (device: string, point: string) => PointSpec | undefined;

/** An action of a bound control, as its frames come in. */
export interface Command {
  readonly control: ControlContract;
  readonly action: ActionSpot;
  readonly payload: JsonObject;
  readonly target: Target;
  /** What of the gesture is the value; undefined where the payload is the same whatever the gesture, or says several things. */
  readonly says: Said | undefined;
}

/** The commands of bound controls, and why some can't be carried out. */
export function commandsFor(
  contract: Contract,
  targets: ReadonlyMap<string, Target>,
  namespace: string,
): { commands: Command[]; problems: LayoutFinding[] } {
  const commands: Command[] = [];
  const problems: LayoutFinding[] = [];
  for (const [id, target] of targets) {
    const control = contract.controls.get(id);
    if (!control || target.kind === 'health') continue;
    for (const action of commandingOf(control)) {
      const { event, payload } = action.action;
      const path = [...control.path, ...action.path];
      if (event !== 'broadcast_request') {
        const message = 'a bound control can only send broadcasts: nothing else reaches the bridge, or is acknowledged';
        problems.push(error('dead_action', [...path, 'event'], message, 'write `"event":"broadcast_request"`'));
      } else if (!isObject(payload) || !hasWord(payload)) {
        const message = 'a bound action needs a payload with `msg_type`, a word that is always the same';
        problems.push(error('bad_action', [...path, 'payload'], message));
      } else if (isOwnCommand(payload, namespace)) {
        // It is obeyed as it stands, whatever the binding says.
        const hint = 'remove the binding, or let the action send a word of its own';
        const message = `this commands \`${ownName(payload, namespace)}\` in the bridge's own words`;
        if (ownName(payload, namespace) !== targetName(target))
          problems.push(error('collision', [...path, 'payload'], message, hint));
      } else {
        const says = saysOf(control, payload);
        const gives = TYPES.get(control.type ?? '')?.gives ?? 'boolean';
        if (target.kind === 'axes') problems.push(...missingAxes(control, target.axes, payload, [...path, 'payload']));
        else if (target.kind !== 'point' && says !== undefined && gives !== 'boolean') {
          const message = `a ${control.type} can't say whether to stop or to let go`;
          problems.push(error('wrong_type', control.path, message, 'bind a button or a toggle'));
        }
        commands.push({ control, action, payload, target, says });
      }
    }
  }
  return { commands, problems: [...problems, ...mistakable(commands)] };
}

/** What of its gesture a control's payload says: a stick where it is along its one axis, others their value. */
export function saysOf({ type }: Pick<ControlContract, 'type'>, payload: unknown): Said | undefined {
  const said = saidIn(payload);
  if (type !== STICK) return said.includes('value') ? 'value' : undefined;
  return said.length === 1 ? said[0] : undefined;
}

/** What speaks against a stick's axes: no stick, or a payload that does not say them. */
function missingAxes(
  { type, path }: ControlContract,
  axes: readonly AxisTarget[],
  payload: unknown,
  at: LayoutFinding['path'],
): LayoutFinding[] {
  if (type !== STICK) return [error('wrong_type', path, `a ${type} has no axes`, 'bind it to one point')];
  const said = saidIn(payload);
  return axes
    .filter(({ axis }) => !said.includes(axis))
    .map(({ axis, target }) => {
      const message = `nothing says where \`${targetName(target)}\` is to be along its axis`;
      return error('no_value', at, message, `add \`"${axis}":"$value.${axis}"\``);
    });
}

/** The actions of a control that may command what it is bound to: those of its own gestures that go over the relay. */
export function commandingOf({ actions }: ControlContract): ActionSpot[] {
  return actions.filter(({ name, action: { method = 'meshsocket', event } }) => {
    return (name === 'action' || name === 'longPressAction') && method === 'meshsocket' && typeof event === 'string';
  });
}

/** Whether a payload begins with a word that tells it from whatever else is on the channel. */
export function hasWord({ msg_type }: JsonObject): boolean {
  return typeof msg_type === 'string' && msg_type !== '' && tokensIn(msg_type).length === 0;
}

/**
 * The command that is meant by a payload: of several that match, the one that had to match in most parts. None where one of
 * the `others`, payloads of controls that are not bound, accounts for more of its keys.
 */
export function recognise(
  commands: readonly Command[],
  payload: JsonObject,
  others: readonly JsonObject[],
): { command: Command; match: Match } | undefined {
  let best: { command: Command; match: Match } | undefined;
  for (const command of commands) {
    const match = matchTemplate(command.payload, payload);
    if (match && (!best || match.literals > best.match.literals)) best = { command, match };
  }
  if (!best) return undefined;
  const known = best.command.payload;
  const isOther = others.some(
    (other) => Object.keys(other).some((key) => !Object.hasOwn(known, key)) && matchTemplate(other, payload),
  );
  return isOther ? undefined : best;
}

/** What a recognised frame asks for. */
export function commandOf({ control, payload, target, says }: Command, match: Match, specOf: SpecOf): BoundCommand {
  const wishOf = (device: string, point: string, said: Said): BoundWish => {
    return { device, point, value: meantFor(specOf(device, point), match[said]) };
  };
  if (target.kind === 'axes') {
    return { kind: 'axes', wishes: target.axes.map(({ axis, target: to }) => wishOf(to.device, to.point, axis)) };
  }
  if (target.kind !== 'point') {
    // The other side of a switch for one is the other; whatever can't be understood stops.
    const isSwitch = says === 'value' && TYPES.get(control.type ?? '')?.gives !== undefined;
    const releases = target.kind === 'estop' ? isSwitch && match.value === false : !isSwitch || match.value === true;
    return { kind: releases ? 'estop_reset' : 'estop' };
  }
  const { device, point } = target;
  if (says) return { kind: 'point', ...wishOf(device, point, says) };
  const spec = specOf(device, point);
  const wish = spec && fixedWish(payload, spec);
  // Without its value the command is refused with a reason, which is better than silence.
  return { kind: 'point', device, point, ...wish };
}

function isOwnCommand({ msg_type }: JsonObject, namespace: string): boolean {
  return FIXED_TYPES.has(msg_type) || OWN.some((kind) => msg_type === `${namespace}.${kind}`);
}

/** What one of the bridge's own commands means, as a binding would write it. */
function ownName({ msg_type, dev, point }: JsonObject, namespace: string): string {
  if (typeof dev === 'string' && typeof point === 'string' && msg_type === `${namespace}.cmd`) return `${dev}.${point}`;
  const kind = String(msg_type);
  return kind.startsWith(`${namespace}.`) ? `bridge.${kind.slice(namespace.length + 1)}` : kind;
}

/** Commands that would be taken for another's. */
function mistakable(commands: readonly Command[]): LayoutFinding[] {
  const weighed = commands.map((command) => {
    const fixed = Object.entries(command.payload).filter(([, part]) => isFixed(part));
    return {
      ...command,
      name: targetName(command.target),
      literals: literalsIn(command.payload),
      fixed: new Map(fixed),
    };
  });
  return weighed.flatMap(({ control, action, payload, name, literals, fixed }) => {
    const gives = (value: unknown) => canGive(control, value);
    const rival = weighed.find((other) => {
      if (other.name === name || other.literals < literals) return false;
      // Most differ in a word or a number, which is found out at once.
      for (const [key, part] of other.fixed) if (fixed.has(key) && fixed.get(key) !== part) return false;
      return canPassFor(payload, other.payload, gives);
    });
    if (!rival) return [];
    const message = `nobody can tell this from what \`${rival.control.id}\` sends, which means \`${rival.name}\``;
    const path = [...control.path, ...action.path, 'payload'];
    return [error('collision', path, message, 'add a key that tells them apart')];
  });
}

/** True for a number, a boolean, or a text without placeholders. */
function isFixed(part: unknown): boolean {
  return typeof part === 'string' ? tokensIn(part).length === 0 : typeof part !== 'object';
}

/** Whether a control's own gesture can bring this value. */
function canGive({ type, control }: ControlContract, value: unknown): boolean {
  const gives = TYPES.get(type ?? '')?.gives;
  if (gives === 'document') return true;
  if (gives !== 'text') return gives !== undefined && typeof value === gives;
  const { options } = control;
  return typeof value === 'string' && (!Array.isArray(options) || options.includes(value));
}
