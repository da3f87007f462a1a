import { BridgeError } from '../error.js';

/** Causes of a loss that trying again soon does not cure. */
const LASTING: ReadonlySet<string> = new Set([
  'device/wrong',
  'device/protocol',
  'port/not-serial',
  'port/denied',
  'pin/busy',
  'pin/denied',
  'pin/missing',
  'pin/no-chip',
  'pin/no-onoff',
  'pin/no-pwm',
  'pin/no-sysfs',
  'pin/native',
  'pin/taken',
]);

/** Causes that say that the device itself went away, or never came. */
const UNPLUGGED: ReadonlySet<string> = new Set(['port/gone', 'port/missing', 'bridge/stopping']);

/** True for a cause that trying again soon does not cure. */
export function isLasting(code: string): boolean {
  return LASTING.has(code);
}

/** True where the device itself is not there, and not only in trouble. */
export function isUnplugged(code: string): boolean {
  return UNPLUGGED.has(code);
}

/** What was thrown, as the cause of a loss; a driver's own fault is `device/driver`. */
export function causeOf(error: unknown): BridgeError {
  if (error instanceof BridgeError) return error;
  return new BridgeError('device/driver', error instanceof Error ? error.message : String(error), { cause: error });
}
