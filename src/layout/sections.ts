import { isObject, type JsonObject } from '../mesh/frame.js';
import { spots } from './walk.js';

/** Blocks of newer layouts that hold parts of controls by id, and the parts that each may hold. */
export const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  placements: ['position', 'span', 'landscape', 'regular'],
  styles: ['theme', 'tint', 'icon', 'hideLabel', 'hideValue', 'hideBackground', 'animation'],
  connectivity: ['sync', 'action', 'longPressAction'],
};

/** True for a layout that keeps parts of its controls in sections. */
export function isSectioned(layout: JsonObject): boolean {
  return Object.keys(SECTIONS).some((section) => layout[section] !== undefined);
}

/**
 * A layout as apps see it: what its sections say of controls stands in the controls themselves, and wins over what stood
 * there. The layout itself where it has no sections.
 */
export function folded(layout: JsonObject): JsonObject {
  if (!isSectioned(layout)) return layout;
  const whole = structuredClone(layout);
  const seen = new Set<string>();
  for (const { control, id } of spots(whole)) {
    if (id === undefined || seen.has(id)) continue;
    seen.add(id);
    for (const [section, parts] of Object.entries(SECTIONS)) {
      const entry = entryOf(whole[section], id);
      for (const part of parts) if (entry[part] !== undefined) control[part] = entry[part];
    }
  }
  for (const section of Object.keys(SECTIONS)) delete whole[section];
  return whole;
}

function entryOf(section: unknown, id: string): JsonObject {
  const entry = isObject(section) && Object.hasOwn(section, id) ? section[id] : undefined;
  return isObject(entry) ? entry : {};
}
