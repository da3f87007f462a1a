import { isObject } from '../mesh/frame.js';
import { nestsDeeper } from '../mesh/json.js';

/** A frame as a client sent it; only its shape has been looked at. */
export interface Inbound {
  id: unknown;
  type: unknown;
  payload: unknown;
  replyTo: unknown;
}

/** Why a message was not taken as a frame. */
export type Fault = 'malformed' | 'too_deep' | 'not_finite';

/** Reads one message. JSON numbers too large for a double (`1E400`) are refused, as `NaN` is: no client could read them. */
export function readInbound(text: string, maxDepth: number): Inbound | Fault {
  if (nestsDeeper(text, maxDepth)) return 'too_deep';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'malformed';
  }
  if (!isObject(value)) return 'malformed';
  const fault = findFault(value, maxDepth);
  if (fault) return fault;
  return {
    id: value['id'] ?? null,
    type: value['type'],
    payload: value['payload'] ?? null,
    replyTo: value['reply_to'],
  };
}

function findFault(value: unknown, depthLeft: number): Fault | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'not_finite';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depthLeft === 0) return 'too_deep';
  for (const child of Array.isArray(value) ? value : Object.values(value)) {
    const fault = findFault(child, depthLeft - 1);
    if (fault) return fault;
  }
  return undefined;
}
