import { isBridgeError } from '../error.js';
import type { DropReason } from './client-stats.js';
import { isObject, type MeshFrame } from './frame.js';
import { parseJson } from './json.js';

/** Longest frame that is parsed, in bytes. */
export const MAX_FRAME = 1024 * 1024;

/** Types that are never requests to us: the relay's own verbs and what it fans out. Older relays run a reply to one as a command. */
const NOT_A_REQUEST: ReadonlySet<string> = new Set([
  'identify',
  'welcome',
  'broadcast',
  'broadcast_request',
  'route_msg',
  'route_msg_noreply',
  'get_nodes',
  'server_client_list',
  'ping',
  'pong',
  'handshake',
  'status_request',
  'node_status',
  'service_log',
  'request_prediction',
  'prediction_result',
  'iCloud_data_Broadcast',
  'iCloudListen',
  'place_visit_Broadcast',
  'placeVisitListen',
  'roster',
  'ack',
  'error',
]);

/** What a frame is to us. */
export type FrameKind = 'welcome' | 'reply' | 'broadcast' | 'roster' | 'request' | 'unknown';

/** Reads a frame from the wire, or tells why it is none; never throws. */
export function readFrame(bytes: Buffer): MeshFrame | DropReason {
  if (bytes.length > MAX_FRAME) return 'too-large';
  let value: unknown;
  try {
    value = parseJson(bytes.toString('utf8'));
  } catch (error) {
    return isBridgeError(error, 'json/depth') ? 'too-deep' : 'json';
  }
  if (!isObject(value) || typeof value['type'] !== 'string') return 'not-a-frame';
  const { id, type, payload, reply_to: replyTo } = value;
  if (replyTo && typeof replyTo !== 'string') return 'stray-reply';
  return {
    id: typeof id === 'string' ? id : '',
    type,
    payload: payload ?? null,
    reply_to: typeof replyTo === 'string' && replyTo !== '' ? replyTo : null,
  };
}

/** Sorts a frame. One with `reply_to` is a reply and nothing else, whatever its type. */
export function frameKind(frame: MeshFrame): FrameKind {
  if (frame.reply_to !== null) return 'reply';
  if (frame.type === 'welcome') return 'welcome';
  if (frame.type === 'broadcast') return 'broadcast';
  if (frame.type === 'server_client_list') return 'roster';
  return frame.id === '' || NOT_A_REQUEST.has(frame.type) ? 'unknown' : 'request';
}
