import type { Clock } from '../clock.js';
import type { Config } from '../config/schema.js';
import type { Fleet } from '../device/fleet.js';
import type { Store } from '../state/store.js';
import { accessOf } from './access.js';
import { EmergencyStop } from './estop.js';
import { Interlock } from './interlock.js';
import type { Rules } from './validate.js';

/** The rules of a config; `openRelay`: anybody can be on the relay, and nobody said that this is all right. */
export function rulesOf(config: Config, fleet: Fleet, store: Store, openRelay: boolean, clock: Clock): Rules {
  return {
    fleet,
    store,
    access: accessOf(config, openRelay, clock.wall()),
    estop: new EmergencyStop(store),
    interlock: new Interlock(config.safety.interlocks, store),
    clock,
  };
}

/** Holds commands against another config from now on; what is latched, disarmed or on its way stays so. */
export function takeRules(rules: Rules, config: Config, openRelay: boolean): void {
  rules.access = accessOf(config, openRelay, rules.access.begun);
  rules.interlock.regroup(config.safety.interlocks);
}
