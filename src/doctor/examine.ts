import { adaptersCheck } from './adapters.js';
import { bridgeCheck } from './bridge.js';
import { consoleCheck } from './console.js';
import type { Finding } from './finding.js';
import { gpioCheck } from './gpio.js';
import { groupsCheck } from './groups.js';
import { latencyCheck } from './latency.js';
import { modemManagerCheck } from './modem-manager.js';
import { nodeCheck } from './node.js';
import { portsCheck } from './ports.js';
import { powerCheck } from './power.js';
import { serviceCheck } from './service.js';
import { storageCheck } from './storage.js';
import type { Check, Subject } from './subject.js';
import { systemCheck } from './system.js';
import { timeCheck } from './time.js';

/** All checks, in the order in which a person would look. */
const CHECKS: readonly Check[] = [
  systemCheck,
  nodeCheck,
  portsCheck,
  adaptersCheck,
  modemManagerCheck,
  latencyCheck,
  groupsCheck,
  gpioCheck,
  consoleCheck,
  powerCheck,
  timeCheck,
  storageCheck,
  serviceCheck,
  bridgeCheck,
];

/** Looks at everything that commonly goes wrong with a machine that bridges hardware. */
export async function examine(subject: Subject): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) findings.push(...(await check(subject)));
  return findings;
}
