import type { Machine } from './machine.js';

/** The name of the service. */
export const SERVICE = 'carter-bridge.service';

/** Where the processes of services are listed: with version 2 of control groups, and beside version 1. */
const CGROUPS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd'];

/** What the installed unit file says. */
export interface ServiceUnit {
  readonly path: string;
  readonly user: string;
  readonly groups: readonly string[];
  /** The command of the service in words. */
  readonly command: readonly string[];
  /** Its config file. */
  readonly config: string | undefined;
  /** Whether the service has a process now. */
  readonly active: boolean;
}

/** Reads the unit file of the installed service; undefined where there is none. */
export function readServiceUnit(machine: Machine): ServiceUnit | undefined {
  for (const folder of ['/etc/systemd/system', '/usr/local/lib/systemd/system', '/lib/systemd/system']) {
    const path = `${folder}/${SERVICE}`;
    const text = machine.text(path);
    if (text === undefined) continue;
    const words = (key: string) => (lastOf(text, key) ?? '').split(/\s+/).filter(Boolean);
    const command = words('ExecStart');
    const config = command[command.indexOf('--config') + 1];
    const procs = CGROUPS.map((root) => machine.text(`${root}/system.slice/${SERVICE}/cgroup.procs`)).find(Boolean);
    return {
      path,
      user: lastOf(text, 'User') ?? 'root',
      groups: words('SupplementaryGroups'),
      command,
      config: command.includes('--config') ? config : undefined,
      active: procs !== undefined,
    };
  }
  return undefined;
}

/** The last value of a key; a unit's later lines win. */
function lastOf(text: string, key: string): string | undefined {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .at(-1)
    ?.slice(key.length + 1)
    .trim();
}
