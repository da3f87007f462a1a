import type { Clock } from '../clock.js';
import type { Config } from '../config/schema.js';
import type { Fleet } from '../device/fleet.js';
import type { Memory } from '../memory.js';
import type { Store } from '../state/store.js';
import { EmergencyStop } from './estop.js';
import { Interlock } from './interlock.js';
import type { Rules } from './validate.js';

/** The rules of a config; `openRelay`: anybody can be on the relay, and nobody said that this is all right. */
export function rulesOf(
  config: Config,
  fleet: Fleet,
  store: Store,
  memory: Pick<Memory, 'latch' | 'outputs'>,
  openRelay: boolean,
  clock: Clock,
): Rules {
  const { security, safety, relay } = config;
  return {
    fleet,
    store,
    access: {
      defaultRole: security.defaultRole,
      phones: security.phones,
      openRelay,
      sealedOnly: relay.roomKey !== undefined,
      begun: clock.wall(),
    },
    estop: new EmergencyStop(store, memory.latch),
    interlock: new Interlock(safety.interlocks, store),
    remembered: memory.outputs,
    clock,
  };
}
