import type { Finding } from './finding.js';
import { SERVICE } from './service-unit.js';
import type { Subject } from './subject.js';

const check = 'service';

/** Whether the bridge is installed as a service of systemd, and runs. */
export function serviceCheck({ machine, unit }: Subject): Finding[] {
  if (!unit) {
    if (machine.names('/run/systemd/system').length === 0 && machine.real('/run/systemd/system') === undefined) {
      return [{ check, level: 'hint', text: 'systemd does not run here, so it can’t run the bridge as a service.' }];
    }
    const text = 'The bridge is not installed as a service, so it does not start with the machine.';
    return [{ check, level: 'hint', text, fix: `sudo ${machine.facts.home}/scripts/install.sh` }];
  }
  const main = unit.command.find((word) => word.endsWith('.js'));
  if (main !== undefined && machine.real(main) === undefined) {
    const text = `The service is installed for a program at ${main}, which is not there any more.`;
    return [{ check, level: 'bad', text, fix: `sudo ${machine.facts.home}/scripts/install.sh` }];
  }
  if (unit.active) return [{ check, level: 'ok', text: `The service runs (${unit.path}).` }];
  const fix = `sudo systemctl restart ${SERVICE}; journalctl -u ${SERVICE} -n 30`;
  return [{ check, level: 'bad', text: 'The service is installed and does not run.', fix }];
}
