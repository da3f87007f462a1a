import type { Finding } from './finding.js';
import { configuredPorts, type Subject } from './subject.js';

const check = 'console';
const CMDLINES = ['/boot/firmware/cmdline.txt', '/boot/cmdline.txt', '/proc/cmdline'];
const UART = /^\/dev\/(serial\d+|ttyAMA\d+|ttyS\d+)$/;

/** A login console on the UART of the header, or Bluetooth there, makes it useless for a board. */
export function consoleCheck(subject: Subject): Finding[] {
  const { machine } = subject;
  const consoles = new Map<string, string>();
  for (const file of CMDLINES) {
    for (const [, name = ''] of (machine.text(file) ?? '').matchAll(/(?:^|\s)console=((?:serial|ttyAMA|ttyS)\d+)/g)) {
      const node = machine.real(`/dev/${name}`);
      // Without its node the kernel has no such port either.
      if (node !== undefined && !consoles.has(node)) consoles.set(node, file);
    }
  }
  const findings: Finding[] = [];
  const bluetooth = machine.real('/dev/serial1');
  for (const [id, port] of configuredPorts(subject)) {
    if (typeof port !== 'string' || !UART.test(port)) continue;
    const node = machine.real(port);
    const file = node === undefined ? undefined : consoles.get(node);
    if (node !== undefined && file !== undefined) {
      const text = `${id}: ${port} is also the login console of this machine, which answers whatever the board says.`;
      findings.push({ check, level: 'bad', text, fix: removal(file) });
    } else if (node !== undefined && node === bluetooth && machine.names('/sys/class/bluetooth').length > 0) {
      const text = `${id}: ${port} is Bluetooth's on this machine; the pins of the header are /dev/serial0.`;
      findings.push({ check, level: 'bad', text, fix: 'ls -l /dev/serial0 /dev/serial1' });
    }
  }
  if (findings.length > 0) return findings;
  const [first] = consoles;
  if (!first) return [{ check, level: 'ok', text: 'There is no login console on a serial port.' }];
  const [node, file] = first;
  const text = `A login console is on ${node}, so no board can be wired to it (on a Raspberry Pi: GPIO 14 and 15).`;
  return [{ check, level: 'hint', text, fix: removal(file) }];
}

function removal(file: string): string {
  if (file === '/proc/cmdline') return 'cat /proc/cmdline   # take console= out of the boot loader’s settings';
  return `sudo sed -i -E 's/console=(serial|ttyAMA|ttyS)[0-9]+(,[^ ]*)? ?//' ${file} && sudo reboot`;
}
