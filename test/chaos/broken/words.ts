import { type Log, silentLog } from '../../../src/log.js';
import type { Sabotage } from '../host.js';
import type { Broken } from './parts.js';

/** Nobody hears what it complains of. */
const mute: Sabotage = (parts) => ({ ...parts, log: silentLog });

/** What is a detail is a complaint. */
function loud(log: Log): Log {
  const warn = (about: object, message: string) => log.warn(about, message);
  return { ...silentLog, warn, error: warn, debug: warn, child: (about) => loud(log.child(about)) };
}

/** Bridges that complain of nothing, or too much. */
export const BROKEN_WORDS: readonly Broken[] = [
  [
    'a bridge that complains of each try in vain',
    /said more than \d+ times in a minute/,
    (parts) => ({ ...parts, log: loud(parts.log) }),
  ],
  [
    'a broken state file of which nobody is told',
    /nobody was told that .* is not usable/,
    mute,
    'bridge killed, a state file torn',
  ],
  [
    'a config that is refused without a word',
    /nobody was told that the config has a mistake/,
    mute,
    'config with a mistake',
  ],
  [
    'a supply that nobody asks about',
    /nobody was told why .* dropped out/,
    ({ ports, ...parts }) => {
      const { supply, ...others } = ports;
      return { ...parts, ports: others };
    },
    'supply too low',
  ],
  [
    'an emergency stop that is lost without a word',
    /an emergency stop is lost, and nobody was told that it may be/,
    mute,
    'emergency stop on a full disk, bridge killed',
  ],
];
