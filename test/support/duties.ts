import { MAX_FRAME } from '../../src/mesh/client-receive.js';
import { MAX_SENT } from '../../src/mesh/client-socket.js';
import { frameOf, isOurs, type Reaction } from './reactions.js';
import type { Row } from './recording.js';

/** What a relay fans out besides broadcasts, and its own answer to a ping: nothing that we serve. */
const NOT_FOR_US = [
  'ping',
  'node_status',
  'service_log',
  'request_prediction',
  'prediction_result',
  'iCloudListen',
  'placeVisitListen',
];

/** What our client, in the place of `client`, has to make of the rows that this one received, by the rules of the wire. */
export function duties(rows: readonly Row[], client: string): Reaction[] {
  const asked = new Set<unknown>();
  const due: Reaction[] = [];
  let welcome = false;
  for (const row of rows.filter((one) => one.client === client)) {
    const frame = frameOf(row);
    if (row.dir === 'send' && welcome && isOurs(frame) && row.data.length <= MAX_SENT) asked.add(frame?.id);
    if (row.dir === 'recv') due.push({ row: row.number, reaction: duty(row, welcome, asked) });
    if (row.dir === 'close' && !row.own) due.push({ row: row.number, reaction: ending(row.code, welcome) });
    if (row.dir === 'recv' && frame?.type === 'welcome') welcome = true;
  }
  return due;
}

function duty(row: Row, welcome: boolean, asked: Set<unknown>): string {
  const frame = frameOf(row);
  if (row.data.length > MAX_FRAME) return 'dropped: too-large';
  if (!frame) return 'dropped: json';
  const { type, payload, reply_to: about } = frame;
  if (type === 'welcome') return welcome ? 'dropped: second-welcome' : 'welcomed';
  if (!welcome) return 'dropped: before-welcome';
  if (about) {
    if (!asked.delete(about)) return 'dropped: stray-reply';
    if (type === 'get_nodes') return 'roster';
    return (payload as { status: string }).status === 'sent' ? 'sent' : 'refused';
  }
  if (type === 'server_client_list') return 'nothing';
  if (NOT_FOR_US.includes(type)) return 'dropped: unknown-type';
  if (type !== 'broadcast') return 'request, answered';
  return typeof payload !== 'object' || payload === null || Array.isArray(payload)
    ? 'dropped: not-an-object'
    : 'broadcast';
}

function ending(code: number, welcome: boolean): string {
  if (code === 4429) return 'mesh/limited';
  if (!welcome) return 'mesh/refused';
  if (code === 1008) return 'mesh/limited';
  return code === 1006 ? 'mesh/lost' : 'mesh/closed-by-relay';
}
