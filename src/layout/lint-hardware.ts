import type { PointSpec } from '../device/point.js';
import { isObject } from '../mesh/frame.js';
import type { Binding } from './bind.js';
import { commandingOf, type SpecOf, saysOf } from './bound-commands.js';
import { canShow, wordLike, wordsOf } from './bound-value.js';
import { type ControlType, TYPES } from './catalogue.js';
import type { Contract, ControlContract } from './contract.js';
import { deadMenLost } from './dead-man.js';
import { type ControlFinding, error, isNumber, type LayoutFinding, quoted, warning } from './finding.js';
import { fixedWish } from './fixed-wish.js';
import { controlRange } from './lint-values.js';
import { type Target, targetName, targetOf } from './target.js';
import { saidIn } from './template.js';

/** What is known of the devices that a layout is held against. */
export interface Hardware {
  /** True where a device of this id exists. */
  hasDevice(device: string): boolean;
  /** False while nobody can say whether a device has this point, and what it is. */
  isKnown(device: string, point: string): boolean;
  specOf: SpecOf;
}

/** What disagrees between a layout's controls and the points that they mean: by their bindings, or by the bridge's own frames. */
export function lintHardware(binding: Binding, namespace: string, hardware: Hardware): ControlFinding[] {
  const found = deadMenLost(binding.contract, namespace);
  for (const control of binding.contract.controls.values()) {
    const bound = binding.targets.get(control.id);
    if (bound && control.listens.length === 0 && !control.actions.some(isRelayed)) {
      const message = 'neither listens nor sends over the relay, so that it is bound to something changes nothing';
      found.push({ ...warning('idle', control.path, message), control: control.id });
    }
    const targets = bound?.kind === 'axes' ? bound.axes.map(({ target }) => target) : bound ? [bound] : undefined;
    for (const target of targets ?? nativeTargets(control, namespace)) {
      for (const finding of disagreements(control, target, binding.contract, hardware, bound)) {
        found.push({ ...finding, control: control.id });
      }
    }
  }
  return found;
}

/** The points that a control means without a binding, as it speaks the bridge's own frames. */
export function nativeTargets({ listens, actions }: ControlContract, namespace: string): Target[] {
  const names = new Set<string>();
  for (const { filter, valuePath } of listens) {
    const type = filter?.['msg_type'];
    if (type === `${namespace}.state` || type === `${namespace}.health`) names.add(valuePath);
  }
  for (const { action } of actions) {
    const payload = isObject(action['payload']) ? action['payload'] : {};
    const { msg_type, dev, point } = payload;
    if (msg_type === `${namespace}.cmd` && typeof dev === 'string' && typeof point === 'string')
      names.add(`${dev}.${point}`);
  }
  return [...names].map(targetOf).filter((target) => target !== undefined);
}

function* disagreements(
  control: ControlContract,
  target: Target,
  contract: Contract,
  hardware: Hardware,
  bound: Target | undefined,
): Generator<LayoutFinding> {
  if (target.kind !== 'point' && target.kind !== 'health') return;
  const { device } = target;
  const { path } = control;
  if (device !== 'bridge' && !hardware.hasDevice(device)) {
    yield error('unknown_point', path, `there is no device \`${device}\``);
    return;
  }
  if (target.kind === 'health') {
    const words = control.listens.length > 0 && !canShow(control.control, 'string');
    if (words)
      yield error('wrong_type', path, `a ${control.type} can't show the health of \`${device}\`, which is a word`);
    return;
  }
  if (!hardware.isKnown(device, target.point)) return;
  const spec = hardware.specOf(device, target.point);
  if (!spec) {
    yield error('unknown_point', path, `\`${device}\` has no point \`${target.point}\``);
    return;
  }
  const gives = givesOf(control, bound);
  yield* roles(control, spec, target, bound);
  yield* types(control, spec, target, gives);
  if (control.type === 'joystick' && gives === 'number') yield* axisRange(control, spec, target);
  yield* ranges(control, spec, target);
  yield* options(control, spec, target);
  yield* times(control, spec, target, contract);
}

function isRelayed({ action: { method = 'meshsocket' } }: ControlContract['actions'][number]): boolean {
  return method === 'meshsocket';
}

function isCommanding(control: ControlContract): boolean {
  return commandingOf(control).length > 0;
}

/** What a control brings to its points: a stick, where it says one axis, a number. */
function givesOf(control: ControlContract, bound: Target | undefined): ControlType['gives'] {
  const ofStick = commandingOf(control).every(({ action: { payload } }) => {
    if (bound) return saidIn(payload).some((said) => said !== 'value');
    // In the bridge's own words the value stands alone.
    return isObject(payload) && ['$value.x', '$value.y'].includes(String(payload['value']));
  });
  return control.type === 'joystick' && ofStick ? 'number' : TYPES.get(control.type ?? '')?.gives;
}

/** A stick gives any number from -1 to 1. */
function* axisRange({ path }: ControlContract, spec: PointSpec, target: Target): Generator<LayoutFinding> {
  const { min = -1, max = 1, step, clamp } = spec;
  if (spec.role !== 'actuator') return;
  const what = `\`${targetName(target)}\``;
  if ((min !== -1 || max !== 1) && (clamp !== true || min < -1 || max > 1)) {
    yield warning('range', path, `a stick gives -1 to 1, but ${what} takes ${spec.min ?? '…'} to ${spec.max ?? '…'}`);
  }
  if (step !== undefined && clamp !== true)
    yield warning('step', path, `a stick knows no steps, but ${what} takes steps of ${step}`, 'let it `clamp`');
}

function* roles(
  control: ControlContract,
  spec: PointSpec,
  target: Target,
  bound: Target | undefined,
): Generator<LayoutFinding> {
  const { path } = control;
  if (spec.role === 'event')
    yield error('wrong_type', path, `\`${targetName(target)}\` happens, it has no value to show`);
  if (!isCommanding(control)) return;
  if (spec.role === 'sensor') yield error('read_only', path, `\`${targetName(target)}\` is read, it can't be switched`);
  if (spec.role !== 'actuator' || bound?.kind !== 'point') return;
  for (const { action, path: below } of commandingOf(control)) {
    const { payload } = action;
    if (saysOf(control, payload) !== undefined || fixedWish(payload, spec)) continue;
    const at = [...path, ...below, 'payload'];
    const name = targetName(target);
    if (control.type === 'joystick') {
      const hint = `bind what each axis moves, such as \`{ x: ${name}, y: … }\`, to \`$value.x\` and \`$value.y\``;
      yield error('no_value', at, `nothing says which axis moves \`${name}\``, hint);
      continue;
    }
    const hint = 'add `"value":"{{value}}"`, or for a button the value itself';
    yield error('no_value', at, `nothing says what \`${name}\` is to be`, hint);
  }
}

function* types(
  control: ControlContract,
  spec: PointSpec,
  target: Target,
  gives: ControlType['gives'],
): Generator<LayoutFinding> {
  const { path, type, listens } = control;
  const what = `\`${targetName(target)}\`, a ${spec.type}`;
  if (spec.role !== 'event' && listens.length > 0 && !canShow(control.control, spec.type)) {
    yield error('wrong_type', path, `a ${type} can't show ${what}`);
  }
  if (spec.role !== 'actuator' || !isCommanding(control) || gives === undefined) return;
  const wants = spec.type === 'enum' || spec.type === 'string' ? 'text' : spec.type;
  if (
    gives === wants ||
    (gives === 'text' && wants !== 'number') ||
    (gives === 'text' && wordsOf(control.control).every(isNumeral))
  ) {
    return;
  }
  yield error('wrong_type', path, `a ${type} can't command ${what}`);
}

function isNumeral(word: string): boolean {
  return word.trim() !== '' && Number.isFinite(Number(word));
}

function* ranges(
  { control, type, path, listens }: ControlContract,
  spec: PointSpec,
  target: Target,
): Generator<LayoutFinding> {
  const known = TYPES.get(type ?? '');
  if (spec.type !== 'number' || known?.holds !== 'number') return;
  const [low, high] = controlRange(control);
  const { min, max, step } = spec;
  const limits = `${min ?? '…'} to ${max ?? '…'}`;
  if (spec.role === 'actuator' && known.gives === 'number') {
    const beyond = (min !== undefined && low < min) || (max !== undefined && high > max);
    if (beyond)
      yield warning('range', path, `goes from ${low} to ${high}, but \`${targetName(target)}\` takes ${limits}`);
    const own = isNumber(control['step']) ? control['step'] : 1;
    if (step !== undefined && spec.clamp !== true && !isMultiple(own, step)) {
      yield warning('step', path, `goes in steps of ${own}, but \`${targetName(target)}\` in steps of ${step}`);
    }
  }
  const hides = listens.length > 0 && ((min !== undefined && min < low) || (max !== undefined && max > high));
  if (hides) yield warning('range', path, `shows ${low} to ${high}, but \`${targetName(target)}\` goes from ${limits}`);
}

function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.round(times) >= 1 && Math.abs(times - Math.round(times)) < 1e-6;
}

function* options(control: ControlContract, spec: PointSpec, target: Target): Generator<LayoutFinding> {
  const { path, type } = control;
  const words = wordsOf(control.control);
  if (spec.type !== 'enum' || words.length === 0) return;
  const known = spec.options ?? [];
  const strange = words.filter((word) => wordLike(known, word) === undefined);
  const missing = known.filter((word) => wordLike(words, word) === undefined);
  if (strange.length > 0 && spec.role === 'actuator' && type !== 'statusLight') {
    const message = `\`${targetName(target)}\` takes ${known.join(', ')}, not ${strange.map(quoted).join(', ')}`;
    yield warning('range', [...path, 'options'], message);
  }
  if (missing.length > 0)
    yield warning('range', path, `has no word for ${missing.map(quoted).join(', ')} of \`${targetName(target)}\``);
}

function* times(
  control: ControlContract,
  spec: PointSpec,
  target: Target,
  contract: Contract,
): Generator<LayoutFinding> {
  const { acks, ackTimeoutMs } = contract.state;
  if (!acks || !isCommanding(control) || spec.within === undefined || spec.within < ackTimeoutMs) return;
  const message = `apps give up after ${ackTimeoutMs} ms, but \`${targetName(target)}\` may take ${spec.within} ms`;
  yield warning('ack_timeout', ['state', 'ackTimeoutMs'], message, `write ${spec.within + 500}`);
}
