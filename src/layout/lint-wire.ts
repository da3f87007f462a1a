import { isObject, type JsonObject } from '../mesh/frame.js';
import { actionsOf, CARRIED, isDead } from './actions.js';
import { error, type LayoutFinding, type Linted, quoted, type Rule, warning } from './finding.js';
import { FIXED_TYPES } from './own-frames.js';
import { listensOf } from './sync.js';
import type { LayoutPath } from './walk.js';

/** What is sent over the channel, and what both ways have to do with each other. */
export const WIRE_RULES: readonly Rule[] = [
  badAction,
  deadAction,
  incompleteAction,
  reservedKeys,
  reservedTypes,
  ownEcho,
  deadPoll,
  noRights,
];

/** Actions that go over the relay, with their places. */
function* relayed({ spots }: Linted): Generator<{ action: JsonObject; path: LayoutPath }> {
  for (const { control, path } of spots) {
    for (const { action, path: below } of actionsOf(control)) {
      const { method = 'meshsocket' } = action;
      if (method === 'meshsocket') yield { action, path: [...path, ...below] };
    }
  }
}

function* badAction(layout: Linted): Generator<LayoutFinding> {
  for (const { control, path } of layout.spots) {
    for (const key of ['action', 'longPressAction']) {
      const action = control[key];
      if (action !== undefined && action !== null && !isObject(action)) {
        yield error('bad_action', [...path, key], 'an action is an object');
      }
    }
  }
  for (const { action, path } of relayed(layout)) {
    const { event } = action;
    if (typeof event === 'string' && event !== '') continue;
    yield error('bad_action', [...path, 'event'], 'an action needs `event`', 'write `"event":"broadcast_request"`');
  }
}

function* deadAction(layout: Linted): Generator<LayoutFinding> {
  for (const { action, path } of relayed(layout)) {
    const { event } = action;
    if (typeof event !== 'string' || event === '' || !isDead(event)) continue;
    yield error('dead_action', [...path, 'event'], `relays drop frames of type ${quoted(event)}`, asBroadcast(event));
  }
}

function asBroadcast(event: string): string {
  const word = event === 'broadcast' ? '…' : event;
  return `write \`"event":"broadcast_request"\` and \`"msg_type":"${word}"\` into the payload`;
}

function* incompleteAction(layout: Linted): Generator<LayoutFinding> {
  for (const { action, path } of relayed(layout)) {
    const { event, mode } = action;
    const payload = isObject(action['payload']) ? action['payload'] : {};
    const at = [...path, 'payload'];
    if (event === 'route_msg' && !payload['target_id']) {
      yield error('bad_action', [...at, 'target_id'], '`route_msg` needs `payload.target_id`', 'use a broadcast');
    }
    if (event === 'route_msg_noreply' && !payload['target_name']) {
      yield error('bad_action', [...at, 'target_name'], '`route_msg_noreply` needs `payload.target_name`');
    }
    if (event !== 'broadcast_request') continue;
    if (typeof payload['msg_type'] !== 'string') {
      yield warning('bad_action', [...at, 'msg_type'], 'nobody can tell what this is without `payload.msg_type`');
    }
    if (mode === 'request') {
      yield warning('bad_action', [...path, 'mode'], 'a broadcast has no answer', 'write `"mode":"broadcast"`');
    }
  }
}

function* reservedKeys(layout: Linted): Generator<LayoutFinding> {
  for (const { action, path } of relayed(layout)) {
    const { payload } = action;
    for (const key of ['_cmd', '_from', '_ts', '_ch']) {
      if (!isObject(payload) || !Object.hasOwn(payload, key)) continue;
      yield warning('reserved_key', [...path, 'payload', key], `apps write \`${key}\` themselves`, 'remove it');
    }
  }
}

/** The message types of everything that is listened to or sent. */
function* types(layout: Linted): Generator<{ type: string; path: LayoutPath; sends: boolean }> {
  for (const { control, path } of layout.spots) {
    for (const { filter, index } of listensOf(control)) {
      const type = filter?.['msg_type'];
      if (typeof type === 'string') yield { type, path: [...path, 'sync', index, 'filter', 'msg_type'], sends: false };
    }
  }
  for (const { action, path } of relayed(layout)) {
    const type =
      action['event'] === 'broadcast_request' && isObject(action['payload']) && action['payload']['msg_type'];
    if (typeof type === 'string') yield { type, path: [...path, 'payload', 'msg_type'], sends: true };
  }
}

function* reservedTypes(layout: Linted): Generator<LayoutFinding> {
  for (const { type, path } of types(layout)) {
    if (FIXED_TYPES.has(type))
      yield error('reserved_type', path, `\`${type}\` is the apps' own`, 'choose another word');
  }
}

/** Everybody hears a broadcast, the other phones too: they would take a wish for the truth. */
function* ownEcho(layout: Linted): Generator<LayoutFinding> {
  const all = [...types(layout)];
  const heard = new Set(all.filter(({ sends }) => !sends).map(({ type }) => type));
  for (const { type, path, sends } of all) {
    if (!sends || !heard.has(type)) continue;
    const message = `${quoted(type)} is listened to as well, so other phones take this wish for the truth`;
    yield warning('own_echo', path, message, 'use two words, such as `lamp.set` and `lamp.state`');
  }
}

function* deadPoll({ root: { pollGroups } }: Linted): Generator<LayoutFinding> {
  for (const [name, poll] of Object.entries(isObject(pollGroups) ? pollGroups : {})) {
    if (!isObject(poll)) {
      yield error('bad_action', ['pollGroups', name], 'a poll group is an object');
      continue;
    }
    const { event } = poll;
    const path = ['pollGroups', name, 'event'];
    if (typeof event !== 'string') {
      yield error('bad_action', path, 'a poll group needs `event`', 'write `"event":"broadcast_request"`');
    } else if (isDead(event)) {
      yield error('dead_action', path, `relays drop frames of type ${quoted(event)}`, asBroadcast(event));
    }
  }
}

/** Roles to which relays give the right to send. */
const SENDERS = new Set(['node', 'mobile', 'dashboard', 'browser']);

function* noRights(layout: Linted): Generator<LayoutFinding> {
  const { connection } = layout.root;
  const identity = isObject(connection) ? connection['identity'] : undefined;
  if (!isObject(identity)) return;
  const { role, can_broadcast, canBroadcast } = identity;
  if (typeof role !== 'string' || role === '' || SENDERS.has(role) || can_broadcast === true || canBroadcast === true)
    return;
  if (![...relayed(layout)].some(({ action }) => CARRIED.has(String(action['event'])))) return;
  const message = `relays do not let the role ${quoted(role)} send anything`;
  yield warning('no_rights', ['connection', 'identity', 'role'], message, 'add `"can_broadcast":true`');
}
