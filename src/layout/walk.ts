import { isObject, type JsonObject } from '../mesh/frame.js';

/** Where a value is in a layout: keys and list positions from the root. */
export type LayoutPath = readonly (string | number)[];

/** A control (groups are controls too) and where it is. */
export interface Spot {
  readonly control: JsonObject;
  readonly path: LayoutPath;
  readonly id: string | undefined;
  /** `group` also for what has children but no type, as apps echo groups. */
  readonly type: string | undefined;
  /** False where nothing is placed on a grid: a canvas item, a panel, a group behind a long press. */
  readonly placed: boolean;
  /** Groups around it. */
  readonly depth: number;
}

/** Something with a grid and children: a tab, a group, a panel. */
export interface Container {
  readonly json: JsonObject;
  readonly path: LayoutPath;
  readonly children: readonly unknown[];
}

/** Groups in one another that are looked into; apps stop far earlier. */
const MAX_DEPTH = 32;

/** Every control of a layout, in the order of the document, each once. Anything may be given. */
export function* spots(layout: unknown): Generator<Spot> {
  for (const found of walk(layout)) if ('control' in found) yield found;
}

/** Every control below a control that is itself not yielded. */
export function* spotsIn(control: JsonObject): Generator<Spot> {
  for (const found of inside(control, [], 0)) if ('control' in found) yield found;
}

/** Every tab, group and panel of a layout that has a list of children. */
export function* containers(layout: unknown): Generator<Container> {
  for (const found of walk(layout)) if ('json' in found) yield found;
}

function* walk(layout: unknown): Generator<Spot | Container> {
  const tabs = isObject(layout) ? layout['tabs'] : undefined;
  if (!Array.isArray(tabs)) return;
  for (const [i, tab] of tabs.entries()) if (isObject(tab)) yield* children(tab, ['tabs', i], 0);
}

function* children(json: JsonObject, path: LayoutPath, depth: number): Generator<Spot | Container> {
  const list = json['children'];
  if (!Array.isArray(list)) return;
  yield { json, path, children: list };
  for (const [i, child] of list.entries()) {
    if (isObject(child)) yield* spot(child, [...path, 'children', i], depth, true);
  }
}

function* spot(control: JsonObject, path: LayoutPath, depth: number, placed: boolean): Generator<Spot | Container> {
  const { id } = control;
  yield { control, path, id: typeof id === 'string' ? id : undefined, type: typeOf(control), placed, depth };
  if (depth < MAX_DEPTH) yield* inside(control, path, depth + 1);
}

/** What a control holds: children, panels (carousel, accordion, flip card), items of a canvas, a long press's group. */
function* inside(control: JsonObject, path: LayoutPath, depth: number): Generator<Spot | Container> {
  yield* children(control, path, depth);
  const { panels, longPressGroup, canvasConfig } = control;
  if (Array.isArray(panels)) {
    for (const [i, panel] of panels.entries()) {
      if (isObject(panel)) yield* spot(panel, [...path, 'panels', i], depth, false);
    }
  }
  if (isObject(longPressGroup)) yield* spot(longPressGroup, [...path, 'longPressGroup'], depth, false);
  const items = isObject(canvasConfig) ? canvasConfig['items'] : undefined;
  if (!Array.isArray(items)) return;
  for (const [i, item] of items.entries()) {
    const held = isObject(item) ? item['control'] : undefined;
    if (isObject(held)) yield* spot(held, [...path, 'canvasConfig', 'items', i, 'control'], depth, false);
  }
}

/** A control's type; `group` for what has children but no type; undefined for what has neither. */
export function typeOf(control: JsonObject): string | undefined {
  const { type, children } = control;
  if (typeof type === 'string' && type !== '') return type;
  return Array.isArray(children) ? 'group' : undefined;
}
