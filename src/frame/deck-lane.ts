import type { Clock } from '../clock.js';
import type { JsonObject } from '../mesh/frame.js';
import { asciiSize } from '../mesh/json.js';
import type { Lane } from './lane.js';

/** What fills the dynamic group of devices. */
export interface DeckParts {
  type: string;
  clock: Clock;
  /** Bytes that a deck may have. */
  room: number;
  /** The controls now, the most important ones first. */
  children(): JsonObject[];
  /** The deck does not fit into a frame; so many of its groups are left out. */
  onOversize(left: number): void;
}

/** Between two decks: devices describe themselves in several steps. */
const PACE_MS = 250;

/** Says the whole deck of devices in one frame, as apps replace what they had. */
export class DeckLane implements Lane {
  readonly name = 'devices';
  private wanted = false;
  private sentAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: DeckParts) {}

  /** The deck is another one, or somebody new wants it. */
  request(): void {
    this.wanted = true;
  }

  dueIn(): number {
    if (!this.wanted) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.sentAt + PACE_MS - this.parts.clock.now());
  }

  frame(): JsonObject {
    const { children, room, type, onOversize } = this.parts;
    const all = children();
    const fitting: JsonObject[] = [];
    let used = 0;
    for (const child of all) {
      const size = asciiSize(child) + 2;
      if (used + size > room) continue;
      used += size;
      fitting.push(child);
    }
    if (fitting.length < all.length) onOversize(all.length - fitting.length);
    return { msg_type: type, children: fitting };
  }

  sent(): void {
    this.wanted = false;
    this.sentAt = this.parts.clock.now();
  }

  clear(): void {
    this.wanted = false;
  }
}
