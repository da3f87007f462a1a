import type { Finding } from './finding.js';
import type { Subject } from './subject.js';

/** The first kernel whose GPIO character device has the second version of its interface. */
const GPIO_V2 = [5, 10] as const;

/** The kernel, and what it runs on. */
export function systemCheck({ machine }: Subject): Finding[] {
  const release = machine.text('/proc/sys/kernel/osrelease');
  if (release === undefined) {
    return [{ check: 'system', level: 'warn', text: 'The kernel does not say what it is: /proc is not mounted.' }];
  }
  const text = `Linux ${release} (${machine.facts.arch})${machine.model === undefined ? '' : ` on a ${machine.model}`}.`;
  const findings: Finding[] = [{ check: 'system', level: 'ok', text }];
  const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
  const [needMajor, needMinor] = GPIO_V2;
  if (major < needMajor || (major === needMajor && minor < needMinor)) {
    const old = `This kernel is older than ${GPIO_V2.join('.')}: its GPIO pins can only be used through sysfs.`;
    findings.push({ check: 'system', level: 'warn', text: old, fix: 'sudo apt full-upgrade && sudo reboot' });
  }
  return findings;
}
