import type { JsonObject } from '../mesh/frame.js';

/** Where frames go: what this layer needs of a connection to the relay. */
export interface FrameSink {
  /** True while `broadcast` can work. */
  readonly ready: boolean;
  /** Bytes that wait in the socket. */
  readonly buffered: number;
  /** Broadcasts that the relay has not said `sent` to, and has not been given up on (not before 3 s). */
  readonly unanswered: number;
  /** Age of the oldest of them in milliseconds; 0 or absent where there is none. */
  readonly oldestUnansweredMs?: number;
  /** Frames that the relay may count into the same second as the next one, wherever they are on their way; 0 or absent: none. */
  readonly recent?: number;
  /** Sends a payload to the channel; throws when not ready. */
  broadcast(payload: JsonObject): void;
}
