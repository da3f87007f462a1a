import type { JsonObject } from './frame.js';

/**
 * What the bridge says of itself. Rights and scope are spelt out: the role `hub` has none by default, and a monitor
 * without a scope would broadcast to every channel. Relays read `token`, some documentation says `auth_token`.
 */
export function identity(name: string, channel: string, token: string | undefined): JsonObject {
  return {
    name,
    ...(token === undefined ? {} : { token, auth_token: token }),
    channel,
    role: 'hub',
    can_broadcast: true,
    can_route: true,
    can_monitor: true,
    broadcast_scope: 'channel',
  };
}
