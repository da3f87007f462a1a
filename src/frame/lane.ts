import type { JsonObject } from '../mesh/frame.js';

/** One kind of frames on their way out. Pulled, not pushed: nothing is built before it may be sent. */
export interface Lane {
  /** The kind of its frames, for the statistics. */
  readonly name: string;
  /** Milliseconds until it has a frame: 0 now, Infinity while there is nothing to say. */
  dueIn(): number;
  /**
   * The next frame, or a routed reply that sends itself. It stays the next one until `sent`.
   * Undefined when there was nothing to say after all; `dueIn` is then above 0.
   */
  frame(): JsonObject | (() => void) | undefined;
  /** The last frame given was sent. */
  sent(): void;
  /** Forgets everything that waits. */
  clear(): void;
}
