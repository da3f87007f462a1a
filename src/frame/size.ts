import type { JsonObject } from '../mesh/frame.js';
import { asciiSize } from '../mesh/json.js';

/** Largest frame we send, in bytes after the relay's re-encoding. */
export const FRAME_BYTES = 64 * 1024;
/** Kept free for the envelope, `msg_type` and the stamp. */
const OVERHEAD = 512;

/** What one frame says of one point; `point` is '' where the value belongs to the device itself. */
export interface Entry {
  readonly device: string;
  readonly point: string;
  readonly value: unknown;
}

/** Bytes for values in a frame of `limit` bytes. */
export function roomIn(limit: number): number {
  return limit - OVERHEAD;
}

/**
 * Deals entries out to as few parts as needed, none above `room` bytes, in their order; entries of a device come together.
 * A value that fits into no part becomes null and is named to `oversize`.
 */
export function split(entries: Iterable<Entry>, room: number, oversize: (entry: Entry) => void): Entry[][] {
  const parts: Entry[][] = [];
  let part: Entry[] = [];
  let used = 0;
  for (const given of entries) {
    let entry = given;
    let alone = entrySize(entry, undefined);
    if (alone > room) {
      oversize(entry);
      entry = { ...given, value: null };
      alone = entrySize(entry, undefined);
    }
    const joined = part.at(-1)?.device === entry.device ? entrySize(entry, entry.device) : alone;
    if (part.length > 0 && used + joined > room) {
      parts.push(part);
      part = [];
      used = alone;
    } else used += joined;
    part.push(entry);
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

/** Bytes of the entries of one part. */
export function partSize(part: readonly Entry[]): number {
  return part.reduce((sum, entry, i) => sum + entrySize(entry, part[i - 1]?.device), 0);
}

/** The items that fit into `room` bytes together, the first ones first. */
export function fitting<Item>(items: readonly Item[], room: number): Item[] {
  let used = 0;
  return items.filter((item) => {
    const size = asciiSize(item) + 2;
    if (used + size > room) return false;
    used += size;
    return true;
  });
}

/** The payload with its largest members as null, until it fits into `room` bytes; the payload itself where it fits. */
export function shrink(payload: JsonObject, room: number): JsonObject {
  let shrunk = payload;
  while (asciiSize(shrunk) > room) {
    const largest = Object.keys(shrunk).reduce((a, b) => (asciiSize(shrunk[b]) > asciiSize(shrunk[a]) ? b : a));
    if (shrunk[largest] === null) break;
    shrunk = { ...shrunk, [largest]: null };
  }
  return shrunk;
}

/** Bytes that an entry adds to a part; more where it is its device's first there. */
function entrySize({ device, point, value }: Entry, before: string | undefined): number {
  const own = asciiSize(value) + 2;
  if (point === '') return asciiSize(device) + 2 + own;
  return (device === before ? 0 : asciiSize(device) + 6) + asciiSize(point) + 2 + own;
}
