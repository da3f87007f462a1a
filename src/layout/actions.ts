import { isObject, type JsonObject } from '../mesh/frame.js';
import type { LayoutPath } from './walk.js';

/** An action of a control, and where it is below the control. */
export interface ActionSpot {
  /** `action`, `longPressAction`, `nodeAction`, …: by which gesture it is meant. */
  readonly name: string;
  readonly action: JsonObject;
  readonly path: LayoutPath;
}

/** Verbs that the relay carries to other clients. */
export const CARRIED: ReadonlySet<string> = new Set(['broadcast_request', 'route_msg', 'route_msg_noreply']);

/** Verbs that the relay answers itself. */
const SERVICE: ReadonlySet<string> = new Set(['ping', 'handshake', 'status_request', 'get_nodes', 'identify']);

/** True for an event that reaches nobody: relays drop frames of types that they do not know. */
export function isDead(event: string): boolean {
  return !CARRIED.has(event) && !SERVICE.has(event);
}

/** All actions of one control, those in its configuration objects too; not those of controls inside of it. */
export function actionsOf(control: JsonObject): ActionSpot[] {
  const found: ActionSpot[] = [];
  const add = (name: string, action: unknown, path: LayoutPath) => {
    if (isObject(action)) found.push({ name, action, path });
  };
  add('action', control['action'], ['action']);
  add('longPressAction', control['longPressAction'], ['longPressAction']);
  for (const [key, config] of Object.entries(control)) {
    if (!key.endsWith('Config') || !isObject(config)) continue;
    for (const [name, action] of Object.entries(config)) if (name.endsWith('Action')) add(name, action, [key, name]);
    const { events } = config;
    if (!isObject(events)) continue;
    for (const [name, action] of Object.entries(events)) add(name, action, [key, 'events', name]);
  }
  return found;
}
