import type { Value } from '../device/point.js';
import { BRIDGE_ORIGIN } from '../device/safe-keeper.js';
import type { BoundWish } from '../layout/bound-commands.js';
import type { Sealed } from '../mesh/e2ee.js';
import type { JsonObject } from '../mesh/frame.js';

/** A wish as it came in: from a phone's frame, a routed request or the control socket. */
export interface CommandRequest {
  readonly device: string;
  readonly point: string;
  readonly value?: unknown;
  readonly pulseMs?: unknown;
  /** The app's id of this tap: what it wants acknowledged, and what makes a repeat harmless. */
  readonly cmd?: string;
  /** Whose allowance it takes, where that is not the sender's own: the second axis of a stick comes in a frame that was counted. */
  readonly allowance?: string;
  /** The name that the sender gives itself; not proof of anything. */
  readonly from: string;
  /** The name that it gave itself, where that is one of ours: what it may do, and where its answer goes, is up to that. */
  readonly claimed?: string;
  /** Another name that it goes by, or none: it may do what both names may. */
  readonly alias?: string;
  /** The sender's wall time in milliseconds, where it says so. */
  readonly sentAt?: number;
  /** Characters of the whole request. */
  readonly size: number;
  /** It comes from a stick, which says where it is again and again: without another one in so many milliseconds it is let go. */
  readonly lease?: number;
  /**
   * How it reached us: sealed with the room key, the same but overtaken by a newer frame of its sender, plain over the
   * relay, from this machine, or from a page that may only look.
   */
  readonly via: 'sealed' | 'overtaken' | 'plain' | 'local' | 'viewer';
  /** It may have been on its way for so long that nobody wants it any more, as when this machine or the network stood still. */
  readonly late?: boolean;
}

/** How a request came. */
export type Way = Pick<CommandRequest, 'via' | 'late'>;

/** Names of those who command from this machine. */
const OURS = /^(?:panel-\d+|command line|bridge)$/;

/** What a frame asks for: a value of a point, or a pulse. */
export type Wish = BoundWish;

/** How a frame of the relay reached us, and whether it may have been on its way for too long. */
export function wayOf(sealed: Sealed, late: boolean): Way {
  return { via: sealed === 'overtaken' ? 'overtaken' : sealed ? 'sealed' : 'plain', late };
}

/** Reads a `<ns>.cmd` payload; undefined where it does not even name a device and a point. */
export function readCommand(payload: JsonObject, way: Way): CommandRequest | undefined {
  const { dev, point, value, pulse_ms } = payload;
  if (typeof dev !== 'string' || typeof point !== 'string') return undefined;
  return requestFor({ device: dev, point, value, pulseMs: pulse_ms }, payload, way);
}

/** The request that a payload makes once it is known what it asks for. */
export function requestFor(wish: Wish, payload: JsonObject, way: Way): CommandRequest {
  const { device, point, value, pulseMs, lease } = wish;
  const { _cmd, _from, _alias, _ts } = payload;
  const sender = senderOf({ _cmd, _from });
  const local = way.via === 'local' || way.via === 'viewer';
  return {
    device,
    point,
    ...(value === undefined ? {} : { value }),
    ...(pulseMs === undefined ? {} : { pulseMs }),
    ...(lease === undefined ? {} : { lease }),
    ...sender,
    // What a page has armed, and what it may do in a second, is not for whoever calls himself by its name.
    ...(!local && OURS.test(sender.from) ? { from: `${sender.from} of the relay`, claimed: sender.from } : {}),
    ...(typeof _alias === 'string' ? { alias: _alias } : {}),
    ...(typeof _ts === 'number' ? { sentAt: _ts } : {}),
    size: JSON.stringify(payload).length,
    ...way,
  };
}

/** A wish of the bridge itself, such as one that comes back after a loss. */
export function ownWish(device: string, point: string, value: Value): CommandRequest {
  return { device, point, value, from: BRIDGE_ORIGIN, size: 0, via: 'local' };
}

/** The app's own marks on a payload: the tap's id and the sender's name, where they are strings of sane length. */
export function senderOf(payload: JsonObject): { cmd?: string; from: string } {
  const { _cmd, _from } = payload;
  const cmd = typeof _cmd === 'string' && _cmd !== '' && _cmd.length <= 128 ? { cmd: _cmd } : {};
  return { ...cmd, from: typeof _from === 'string' ? _from.slice(0, 128) : '' };
}
