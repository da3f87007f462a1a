import { isObject, type JsonObject } from '../mesh/frame.js';
import { DERIVED } from '../state/derived.js';
import type { Path } from './path.js';

/** What of a document holds by itself. */
export interface SoundPart {
  readonly data: unknown;
  /** True for a device that may well be meant, but was left out. */
  isLeftOut(device: string): boolean;
  /** True for a section of which something was left out. */
  isPartial(section: string): boolean;
}

/** Sections whose entries stand for themselves, and how deep these are. */
const ENTRIES: ReadonlyMap<string, number> = new Map([
  ['devices', 2],
  ['layout', 3],
]);

/**
 * A document without what is wrong at these paths: without these devices and bindings, and otherwise without the sections, so
 * that what only shows in a whole config is told of the rest. Undefined where nothing is left.
 */
export function soundPart(data: unknown, wrong: readonly Path[]): SoundPart | undefined {
  if (!isObject(data) || wrong.some((path) => path.length === 0)) return undefined;
  const rest: JsonObject = structuredClone(data);
  const devices = new Set<unknown>();
  let all = false;
  for (const path of wrong) {
    const [section = '', entry] = path;
    const place = path.slice(0, ENTRIES.get(String(section)) ?? 1);
    remove(rest, place[1] === 'file' ? place.slice(0, 1) : place);
    if (section === 'devices') all ||= entry === undefined;
    if (section === 'devices') devices.add(entry);
    if (section === DERIVED) devices.add(DERIVED);
  }
  const partial = new Set(wrong.map(([section]) => section));
  return {
    data: rest,
    isLeftOut: (device) => all || devices.has(device),
    isPartial: (section) => partial.has(section),
  };
}

function remove(root: JsonObject, path: Path): void {
  let from: unknown = root;
  for (const step of path.slice(0, -1)) from = isObject(from) && Object.hasOwn(from, step) ? from[step] : undefined;
  if (isObject(from)) delete from[String(path.at(-1))];
}
