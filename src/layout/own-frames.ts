import type { JsonObject } from '../mesh/frame.js';

/** Frames that apps and servers exchange about controls; none of them is data. */
export const FIXED_TYPES: ReadonlySet<unknown> = new Set(['command_ack', 'control_snapshot', 'control_sync_request']);

/** What bridges obey, whichever namespace is theirs, and what apps do. */
const COMMANDS = [
  /\.(cmd|set|arm|hold|poll|estop\w*)$/,
  /^(layout|control)-/,
  /^studio\./,
  /^(chat_message|chat_clear|notif_action)$/,
];

/** True for a word that makes whoever hears it do something: the bridge says none of these on a layout's behalf. */
export function isCommanding(type: unknown): boolean {
  return typeof type === 'string' && COMMANDS.some((pattern) => pattern.test(type));
}

/** A sync that listens to one of the bridge's own frames: `<ns>.<kind>`. */
export function listening(namespace: string, kind: string, valuePath: string, more: JsonObject = {}): JsonObject {
  return {
    method: 'meshsocket',
    type: 'listen',
    event: 'broadcast',
    filter: { msg_type: `${namespace}.${kind}`, ...more },
    valuePath,
  };
}

/** An action that broadcasts one of the bridge's own commands: `<ns>.<kind>`. */
export function sending(namespace: string, kind: string, more: JsonObject = {}): JsonObject {
  return {
    method: 'meshsocket',
    mode: 'broadcast',
    event: 'broadcast_request',
    payload: { msg_type: `${namespace}.${kind}`, ...more },
  };
}

/** Colours of the words for a device's health. */
export const HEALTH_COLOURS = {
  online: '#34C759',
  stale: '#FF9500',
  degraded: '#FF9500',
  unapproved: '#0A84FF',
  offline: '#FF3B30',
} as const;

/** Colours of the words for a value's quality. */
export const QUALITY_COLOURS = { good: '#34C759', stale: '#FF9500', unknown: '#8E8E93' } as const;

/** A status light for the health of a device, or of the bridge. */
export function healthLight(device: string, namespace: string): JsonObject {
  return {
    type: 'statusLight',
    label: device,
    style: 'badge',
    statusColors: { ...HEALTH_COLOURS },
    defaultValue: 'offline',
    sync: [listening(namespace, 'health', device)],
  };
}
