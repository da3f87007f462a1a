import type { Finding } from './finding.js';
import type { Subject } from './subject.js';

/** Whether the clock was set from the network: a Raspberry Pi has none that runs without power. */
export function timeCheck({ clock }: Subject): Finding[] {
  const wall = clock.wall();
  if (wall === undefined) {
    const text = 'The clock is not set yet, so frames carry no time, and sealed ones of others are refused.';
    return [{ check: 'time', level: 'warn', text, fix: 'sudo timedatectl set-ntp true && timedatectl status' }];
  }
  const text = `The clock is set: ${new Date(wall).toISOString().slice(0, 16).replace('T', ' ')} UTC.`;
  return [{ check: 'time', level: 'ok', text }];
}
