import type { JsonObject } from './mesh/frame.js';
import { asciiSize } from './mesh/json.js';

/** Largest layout in bytes that relays of today pass on in one frame, with its envelope. */
export const LAYOUT_BYTES = 180 * 1024;

/** A layout, or as many of its tabs as one frame holds. */
export interface LayoutPage {
  /** A layout that works by itself. */
  readonly layout: JsonObject;
  /** Where it is not the whole layout: the tab that it begins with, how many it has, how many there are. */
  readonly tabs?: readonly [first: number, count: number, all: number];
  /** The tab that the next page begins with; absent where there is none. */
  readonly next?: number;
}

/** The layout where it fits into `room` bytes, else its tabs from `first` on; undefined where not one fits, or there is none. */
export function pageOf(layout: JsonObject, first: number, room = LAYOUT_BYTES): LayoutPage | undefined {
  if (asciiSize(layout) <= room) return { layout };
  const all = Array.isArray(layout['tabs']) ? layout['tabs'] : [];
  let free = room - asciiSize({ ...layout, tabs: [] });
  let end = first;
  for (const tab of all.slice(first)) {
    free -= asciiSize(tab) + 2;
    if (free < 0) break;
    end++;
  }
  if (end === first) return undefined;
  const page = { layout: { ...layout, tabs: all.slice(first, end) }, tabs: [first, end - first, all.length] as const };
  return end < all.length ? { ...page, next: end } : page;
}
