import { isObject, type JsonObject } from '../mesh/frame.js';
import { spots } from './walk.js';

/**
 * The controls of a layout that a phone did not draw, going by the summary that it answers with; undefined where it gives
 * none. What is inside of groups counts only where the phone lists such controls at all.
 */
export function notRendered(layout: JsonObject, summary: unknown): string[] | undefined {
  if (!isObject(summary) || !Array.isArray(summary['tabs'])) return undefined;
  const drawn = new Set<unknown>();
  for (const tab of summary['tabs']) {
    const { controls } = isObject(tab) ? tab : {};
    for (const control of Array.isArray(controls) ? controls : []) if (isObject(control)) drawn.add(control['id']);
  }
  const all = [...spots(layout)].filter(({ id }) => id !== undefined);
  const deep = all.some(({ id, depth }) => depth > 0 && drawn.has(id));
  return all.flatMap(({ id, depth }) => (id === undefined || drawn.has(id) || (depth > 0 && !deep) ? [] : [id]));
}
