import type { JsonObject } from '../mesh/frame.js';

/** A wish as it came in: from a phone's frame, a routed request or the control socket. */
export interface CommandRequest {
  readonly device: string;
  readonly point: string;
  readonly value?: unknown;
  readonly pulseMs?: unknown;
  /** The app's id of this tap: what it wants acknowledged, and what makes a repeat harmless. */
  readonly cmd?: string;
  /** The name that the sender gives itself; not proof of anything. */
  readonly from: string;
  /** The sender's wall time in milliseconds, where it says so. */
  readonly sentAt?: number;
  /** Characters of the whole request. */
  readonly size: number;
  /** How it reached us: sealed with the room key, plain over the relay, or from this machine. */
  readonly via: 'sealed' | 'plain' | 'local';
}

/** Reads a `<ns>.cmd` payload; undefined where it does not even name a device and a point. */
export function readCommand(payload: JsonObject, via: CommandRequest['via']): CommandRequest | undefined {
  const { dev, point, value, pulse_ms, _cmd, _from, _ts } = payload;
  if (typeof dev !== 'string' || typeof point !== 'string') return undefined;
  return {
    device: dev,
    point,
    ...(value === undefined ? {} : { value }),
    ...(pulse_ms === undefined ? {} : { pulseMs: pulse_ms }),
    ...senderOf({ _cmd, _from }),
    ...(typeof _ts === 'number' ? { sentAt: _ts } : {}),
    size: JSON.stringify(payload).length,
    via,
  };
}

/** The app's own marks on a payload: the tap's id and the sender's name, where they are strings of sane length. */
export function senderOf(payload: JsonObject): { cmd?: string; from: string } {
  const { _cmd, _from } = payload;
  const cmd = typeof _cmd === 'string' && _cmd !== '' && _cmd.length <= 128 ? { cmd: _cmd } : {};
  return { ...cmd, from: typeof _from === 'string' ? _from.slice(0, 128) : '' };
}
