import { type Clock, startOf } from '../clock.js';
import type { Config } from '../config/schema.js';
import type { Fleet } from '../device/fleet.js';
import type { Store } from '../state/store.js';
import { EmergencyStop } from './estop.js';
import { Interlock } from './interlock.js';
import type { Rules } from './validate.js';

/** The rules of a config; `openRelay`: anybody can be on the relay, and nobody said that this is all right. */
export function rulesOf(config: Config, fleet: Fleet, store: Store, openRelay: boolean, clock: Clock): Rules {
  const { security, safety, relay } = config;
  return {
    fleet,
    store,
    access: {
      defaultRole: security.defaultRole,
      phones: security.phones,
      openRelay,
      sealedOnly: relay.roomKey !== undefined,
      begun: startOf(clock),
    },
    estop: new EmergencyStop(store),
    interlock: new Interlock(safety.interlocks, store),
    clock,
  };
}
