import type { Config, Role } from '../config/schema.js';
import type { Access } from './validate.js';

/** From whom a config takes commands; `openRelay`: anybody can be on the relay; `begun`: wall time of the start. */
export function accessOf(config: Config, openRelay: boolean, begun: Access['begun']): Access {
  const { security, relay } = config;
  return {
    defaultRole: security.defaultRole,
    phones: security.phones,
    openRelay,
    sealedOnly: relay.roomKey !== undefined,
    ...(begun && { begun }),
  };
}

/** From the least to the most. */
const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];

/** Takes commands only from those from whom both take them. */
export function stricter(one: Access, other: Access): Access {
  const least = (...roles: Role[]) => ROLES.find((role) => roles.includes(role)) ?? 'viewer';
  const roleOf = ({ phones, defaultRole }: Access, name: string) => phones.get(name) ?? defaultRole;
  const names = [...one.phones.keys(), ...other.phones.keys()];
  return {
    ...other,
    defaultRole: least(one.defaultRole, other.defaultRole),
    phones: new Map(names.map((name) => [name, least(roleOf(one, name), roleOf(other, name))])),
    openRelay: one.openRelay || other.openRelay,
    sealedOnly: one.sealedOnly || other.sealedOnly,
  };
}
