import type { Value } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';
import { shownAs } from './bound-value.js';
import { holds } from './catalogue.js';
import type { Contract, ControlContract } from './contract.js';
import { matches, sameJson } from './filter.js';
import { error, type LayoutFinding } from './finding.js';
import { FIXED_TYPES, isCommanding } from './own-frames.js';
import { type Target, targetName } from './target.js';
import { putAt, segments, valueAt } from './value-path.js';

/** A value by device and point; `''` is the device's health. Null: nobody knows it; undefined: there is no such thing. */
export type ValueNow = (device: string, point: string) => Value | null | undefined;

/** The last numbers of a point. */
export type PastOf = (device: string, point: string) => readonly number[] | undefined;

/** One place in a bound frame. */
interface Slot {
  readonly control: ControlContract;
  readonly target: Target;
  readonly device: string;
  readonly point: string;
  readonly path: string;
}

/** A frame that a layout listens to: all places that have the same filter. */
export class BoundFrame {
  readonly slots: Slot[] = [];

  constructor(readonly filter: JsonObject) {}

  /** The frame with the values of some points, or of all; undefined where there is nothing to say. */
  build(now: ValueNow, only?: ReadonlySet<string>): JsonObject | undefined {
    return this.fill(among(this.slots, only), ({ control, device, point }) => {
      const value = now(device, point);
      return value === undefined ? undefined : shownAs(control.control, value);
    });
  }

  /** The frame with lists of numbers for its sparklines, of some points or of all; other controls leave lists alone. */
  buildPast(past: PastOf, only?: ReadonlySet<string>): JsonObject | undefined {
    const charts = this.slots.filter(({ control }) => holds(control.type) === 'samples');
    return this.fill(among(charts, only), ({ device, point }) => past(device, point));
  }

  /** The frame with something that is told from all else in each place; a place that can't be filled stays empty. */
  marked(mark: (slot: Slot) => unknown): JsonObject {
    return this.fill(this.slots, mark) ?? structuredClone(this.filter);
  }

  private fill(slots: readonly Slot[], valueFor: (slot: Slot) => unknown): JsonObject | undefined {
    const values = new Map<string, unknown>();
    for (const slot of slots) {
      const value = valueFor(slot);
      // Of controls in one place, those that have a word for what nobody knows may say it.
      if (value !== undefined && (values.get(slot.path) ?? null) === null) values.set(slot.path, value);
    }
    const frame = structuredClone(this.filter);
    let filled = false;
    for (const [path, value] of values) filled = putAt(frame, path, value) || filled;
    return filled ? frame : undefined;
  }
}

function among(slots: readonly Slot[], only: ReadonlySet<string> | undefined): readonly Slot[] {
  return only ? slots.filter(({ device, point }) => only.has(`${device}.${point}`)) : slots;
}

/** The frames that bound controls listen to, and why some can't be served. */
export function framesFor(
  contract: Contract,
  targets: ReadonlyMap<string, Target>,
  namespace: string,
): { frames: BoundFrame[]; problems: LayoutFinding[] } {
  const frames: { filter: JsonObject; frame: BoundFrame }[] = [];
  const problems: LayoutFinding[] = [];
  for (const [id, target] of targets) {
    const control = contract.controls.get(id);
    // One way to the control is enough; a chart would append twice what comes in two.
    const [listen] = control?.listens ?? [];
    if (!control || !listen || (target.kind !== 'point' && target.kind !== 'health')) continue;
    const filter = { msg_type: `${namespace}.bound`, ...listen.filter };
    const at = [...control.path, 'sync', listen.index];
    if (segments(listen.valuePath).length === 0) {
      problems.push(
        error('bad_sync', [...at, 'valuePath'], '`valuePath` is missing, so no value can reach this control'),
      );
      continue;
    }
    if (isOurs(filter['msg_type'], namespace)) {
      problems.push(...foreign(control, target, listen.valuePath, namespace, at));
      continue;
    }
    if (isCommanding(filter['msg_type'])) {
      const hint = 'let the control listen to a word of its own';
      const message = `\`${id}\` listens to what commands bridges or apps, and all of them would hear it`;
      problems.push(error('collision', [...at, 'filter'], message, hint));
      continue;
    }
    let entry = frames.find((known) => sameJson(known.filter, filter));
    if (!entry) {
      entry = { filter, frame: new BoundFrame(filter) };
      frames.push(entry);
    }
    const point = target.kind === 'point' ? target.point : '';
    entry.frame.slots.push({ control, target, device: target.device, point, path: listen.valuePath });
  }
  const all = frames.map(({ frame }) => frame);
  return { frames: all, problems: [...problems, ...collisions(all)] };
}

const OURS = ['state', 'quality', 'health', 'event', 'trend', 'history', 'log', 'devices', 'topology'];

function isOurs(type: unknown, namespace: string): boolean {
  return FIXED_TYPES.has(type) || OURS.some((kind) => type === `${namespace}.${kind}`);
}

/** A control that listens to the bridge's own frames already: fine where it means the same point. */
function foreign(control: ControlContract, target: Target, path: string, namespace: string, at: LayoutFinding['path']) {
  const filter = control.listens[0]?.filter;
  const kind = target.kind === 'health' ? 'health' : 'state';
  if (filter?.['msg_type'] === `${namespace}.${kind}` && path === targetName(target)) return [];
  const hint = 'remove the binding, or let the control listen to a word of its own';
  return [error('collision', [...at, 'filter'], `\`${control.id}\` listens to the bridge's own frames`, hint)];
}

/** What each place would really get: found out by asking the controls themselves. */
function collisions(frames: readonly BoundFrame[]): LayoutFinding[] {
  const found: LayoutFinding[] = [];
  const told = new Set<Slot>();
  const slots = frames.flatMap((frame) => frame.slots);
  for (const frame of frames) {
    const marks = new Map<unknown, Slot>();
    // A list is nothing that other places could be put into.
    const built = frame.marked((slot) => {
      const mark = [slot.point];
      marks.set(mark, slot);
      return mark;
    });
    for (const slot of slots) {
      const [listen] = slot.control.listens;
      if (!listen || told.has(slot) || !matches(listen.filter, built)) continue;
      const at = valueAt(built, slot.path);
      const there = at.found ? marks.get(at.value) : undefined;
      if (!at.found ? !frame.slots.includes(slot) : there && agree(there, slot)) continue;
      told.add(slot);
      found.push(collision(slot, there, listen.index));
    }
  }
  return found;
}

/** Whether one value does for both: the same point, said in the same way. */
function agree(a: Slot, b: Slot): boolean {
  if (targetName(a.target) !== targetName(b.target)) return false;
  return [true, 1].every((sample) => {
    const [one, other] = [shownAs(a.control.control, sample), shownAs(b.control.control, sample)];
    return one === undefined || other === undefined || one === other;
  });
}

function collision({ control, path, target }: Slot, there: Slot | undefined, index: number): LayoutFinding {
  const where = [...control.path, 'sync', index, 'valuePath'];
  const other = there && targetName(there.target);
  const message =
    other === undefined
      ? `nothing can be put at \`${path}\` of this frame`
      : other === targetName(target)
        ? `\`${there?.control.id}\` needs \`${other}\` at \`${path}\` in another form`
        : `\`${path}\` is where \`${there?.control.id}\` gets \`${other}\``;
  return error('collision', where, message, 'give it a `valuePath` or a filter of its own');
}
