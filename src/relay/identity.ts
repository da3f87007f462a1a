import type { JsonObject } from '../mesh/frame.js';

/** What a client may do; every right is self-declared, the token is the only fence. */
export interface Rights {
  broadcast: boolean;
  route: boolean;
  crossChannel: boolean;
  monitor: boolean;
}

/** Who a client says it is. */
export interface Identity {
  name: string;
  channel: string;
  role: string;
  rights: Rights;
  /** How far its broadcasts reach and its roster shows: its own channel or all. */
  scope: 'channel' | 'global';
}

const NO_RIGHTS: Rights = { broadcast: false, route: false, crossChannel: false, monitor: false };
const MEMBER: Rights = { ...NO_RIGHTS, broadcast: true, route: true };
const WATCHER: Rights = { ...MEMBER, monitor: true };

/** Rights of the roles that have any, as relay 0.1.1 gives them. */
const ROLE_RIGHTS: ReadonlyMap<string, Rights> = new Map([
  ['node', MEMBER],
  ['mobile', MEMBER],
  ['dashboard', WATCHER],
  ['browser', WATCHER],
]);

/** Longest name and channel: 64 characters plus the longest account prefix a gateway puts before them. */
const MAX_TEXT = 100;
/** Longest role; a longer one counts as `node`, as on relay 0.2. */
const MAX_ROLE = 64;

/** An identity before `identify`: no rights on the default channel. */
export function stranger(name: string): Identity {
  return { name, channel: 'default', role: 'node', rights: NO_RIGHTS, scope: 'channel' };
}

/** Reads the payload of `identify`; undefined when name or channel is too long. `placeholder` names a client that gave none. */
export function readIdentity(payload: JsonObject, placeholder: string): Identity | undefined {
  const name = text(payload['name']) ?? placeholder;
  const channel = text(payload['channel']) || 'default';
  if (name.length > MAX_TEXT || channel.length > MAX_TEXT) return undefined;
  const wish = text(payload['role']) || 'node';
  const role = wish.length > MAX_ROLE ? 'node' : wish;
  const usual = ROLE_RIGHTS.get(role) ?? NO_RIGHTS;
  const rights: Rights = {
    broadcast: flag(payload['can_broadcast'], usual.broadcast),
    route: flag(payload['can_route'], usual.route),
    crossChannel: flag(payload['can_cross_channel_route'], usual.crossChannel),
    monitor: flag(payload['can_monitor'], usual.monitor),
  };
  const scope = payload['broadcast_scope'];
  const usualScope = rights.monitor ? 'global' : 'channel';
  return { name, channel, role, rights, scope: scope === 'global' || scope === 'channel' ? scope : usualScope };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

/** Words that mean true are relay 0.1.1's; every other string means false, everything else leaves the default. */
function flag(value: unknown, usual: boolean): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return usual;
  return ['1', 'true', 'yes', 'on'].includes(value.trim().toLowerCase());
}
