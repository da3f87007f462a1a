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
