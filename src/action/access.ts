import type { Config } from '../config/schema.js';
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
