import type { JsonObject } from '../mesh/frame.js';
import { sameJson } from './filter.js';
import { spots, spotsIn } from './walk.js';

/**
 * Fills the dynamic groups of a layout that a frame is meant for, in place. False where it changes nothing: no such
 * group, no `children`, the same ones as before, or ids that are taken by controls outside of the group.
 */
export function fillGroups(layout: JsonObject, frame: JsonObject): boolean {
  const { msg_type, children } = frame;
  if (typeof msg_type !== 'string' || !Array.isArray(children)) return false;
  const groups = [...spots(layout)]
    .filter(({ control }) => control['dynamic'] === msg_type)
    .map(({ control }) => control);
  let changed = false;
  for (const group of groups) {
    if (sameJson(group['children'], children) || !isFree(layout, group, children)) continue;
    group['children'] = structuredClone(children);
    changed = true;
  }
  return changed;
}

/** The frames that would fill the dynamic groups of a layout as they are filled now. */
export function filledGroups(layout: JsonObject): JsonObject[] {
  return [...spots(layout)].flatMap(({ control: { dynamic, children } }) =>
    typeof dynamic === 'string' && Array.isArray(children) ? [{ msg_type: dynamic, children }] : [],
  );
}

/** Whether new children bring each id once, and none that the layout has outside of their group. */
function isFree(layout: JsonObject, group: JsonObject, children: readonly unknown[]): boolean {
  const own = new Set([...spotsIn(group)].map(({ control }) => control));
  const taken = new Set<unknown>();
  for (const { control, id } of spots(layout)) if (id !== undefined && !own.has(control)) taken.add(id);
  for (const { id } of spotsIn({ children })) {
    if (id === undefined) continue;
    if (taken.has(id)) return false;
    taken.add(id);
  }
  return true;
}
