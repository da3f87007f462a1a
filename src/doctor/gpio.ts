import type { Finding } from './finding.js';
import type { Subject } from './subject.js';

const check = 'gpio';

/** Chips whose lines are the pins of a Raspberry Pi's header. */
const HEADER: ReadonlySet<string> = new Set(['pinctrl-bcm2835', 'pinctrl-bcm2711', 'pinctrl-rp1']);

/** The GPIO chips with their labels, and the number that sysfs begins to count their lines with. */
export function gpioCheck({ machine }: Subject): Finding[] {
  const folder = '/sys/class/gpio';
  const findings = machine.names(folder).flatMap((name): Finding[] => {
    if (!/^gpiochip\d+$/.test(name)) return [];
    const [label = '?', base = '?', lines = '?'] = ['label', 'base', 'ngpio'].map((file) =>
      machine.text(`${folder}/${name}/${file}`),
    );
    const header = HEADER.has(label) ? `: the pins of the header; BCM 17 is ${Number(base) + 17} in sysfs` : '';
    return [{ check, level: 'ok', text: `GPIO chip ${label} has ${lines} lines, in sysfs from ${base} on${header}.` }];
  });
  const nodes = machine.names('/dev').filter((name) => /^gpiochip\d+$/.test(name));
  if (nodes.length > 0) {
    const text = `The kernel offers its GPIO chips as character devices: ${nodes.join(', ')}.`;
    findings.push({ check, level: 'ok', text });
  }
  if (findings.length > 0) return findings;
  const isPi = machine.model?.startsWith('Raspberry Pi') ?? false;
  if (!isPi) return [{ check, level: 'hint', text: 'This machine has no GPIO that its kernel shows.' }];
  const text = 'This Raspberry Pi shows no GPIO: neither /dev/gpiochip0 nor /sys/class/gpio is there.';
  return [{ check, level: 'warn', text, fix: 'ls -l /dev/gpiochip* /sys/class/gpio   # in a container: pass them in' }];
}
