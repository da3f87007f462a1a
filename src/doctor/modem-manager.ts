import type { Finding } from './finding.js';
import type { Subject } from './subject.js';

/** The udev rules of this program, as the install script names them. */
export const RULES = '70-carter-bridge.rules';

/** ModemManager asks every new serial port whether it is a modem, which boards take for commands. */
export function modemManagerCheck({ machine }: Subject): Finding[] {
  if (!machine.runs('ModemManager')) {
    return [{ check: 'modems', level: 'ok', text: 'ModemManager does not run, so nobody else talks to new ports.' }];
  }
  const text = machine.text(`/etc/udev/rules.d/${RULES}`) ?? '';
  if (text.includes('ID_MM_DEVICE_IGNORE')) {
    return [{ check: 'modems', level: 'ok', text: 'ModemManager runs, and udev rules keep it away from boards.' }];
  }
  return [
    {
      check: 'modems',
      level: 'warn',
      text: 'ModemManager runs and sends modem commands to every board that is plugged in.',
      fix: `sudo cp ${machine.facts.home}/scripts/udev/${RULES} /etc/udev/rules.d/ && sudo udevadm control --reload`,
    },
  ];
}
