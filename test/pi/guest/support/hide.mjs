import { execFileSync } from 'node:child_process';

/** Makes this system one without GPIO in sysfs, as newer ones are; the returned function ends that. */
export function hideSysfs() {
  execFileSync('mount', ['-t', 'tmpfs', 'none', '/sys/class/gpio']);
  return () => void execFileSync('umount', ['/sys/class/gpio']);
}
