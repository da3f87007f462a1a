import type { Finding } from './finding.js';
import type { Machine } from './machine.js';
import type { Subject } from './subject.js';

const check = 'adapters';

/** USB serial adapters and boards that are sold most, as `vendor:product`; a vendor alone stands for all it makes. */
const ADAPTERS: readonly RegExp[] = [
  /^1a86:(7523|7522|5523|55d3|55d4)$/, // WCH CH340, CH341, CH343, CH9102
  /^10c4:ea60$/, // Silicon Labs CP210x
  /^0403:(6001|6010|6011|6014|6015)$/, // FTDI
  /^067b:(2303|23[a-f]3)$/, // Prolific PL2303
  /^(2341|2a03):/, // Arduino
];

/** Adapters that are plugged in and have no serial port, and brltty, which is what usually takes it from them. */
export function adaptersCheck({ machine }: Subject): Finding[] {
  const folders = ['/usr/lib/udev/rules.d', '/lib/udev/rules.d', '/etc/udev/rules.d'];
  const rules = folders.flatMap((folder) => machine.names(folder)).some((name) => name.includes('brltty'));
  const brltty = rules || machine.runs('brltty');
  const remove = 'sudo apt remove brltty   # unless somebody reads Braille here';
  const orphans = machine.names('/sys/bus/usb/devices').filter((name) => isOrphan(machine, name));
  const findings = orphans.map((name): Finding => {
    const text = `The USB adapter ${idOf(machine, name)} in socket ${name} has no serial port: ${
      brltty ? 'brltty has claimed it.' : 'no kernel driver took it.'
    }`;
    return { check, level: 'bad', text, fix: brltty ? remove : 'sudo dmesg | grep -i -e usb -e tty | tail -n 20' };
  });
  if (findings.length > 0) return findings;
  if (!brltty) return [{ check, level: 'ok', text: 'Every known USB adapter that is plugged in has its serial port.' }];
  const text =
    'brltty is installed; its versions before 6.5 take CH340, CP210x and FTDI adapters for Braille displays.';
  return [{ check, level: 'hint', text, fix: remove }];
}

function idOf(machine: Machine, name: string): string {
  const folder = `/sys/bus/usb/devices/${name}`;
  return `${machine.text(`${folder}/idVendor`)}:${machine.text(`${folder}/idProduct`)}`;
}

/** Whether a USB device is a serial adapter none of whose interfaces has a port. */
function isOrphan(machine: Machine, name: string): boolean {
  const id = idOf(machine, name);
  if (!ADAPTERS.some((pattern) => pattern.test(id))) return false;
  const folder = `/sys/bus/usb/devices/${name}`;
  const interfaces = machine.names(folder).filter((part) => part.startsWith(`${name}:`));
  return !interfaces.some((part) => machine.names(`${folder}/${part}`).some((entry) => /^tty(USB\d+)?$/.test(entry)));
}
