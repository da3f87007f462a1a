import { statSync } from 'node:fs';
import { listPorts } from '../port/serial-path.js';
import type { Finding } from './finding.js';
import type { Machine } from './machine.js';
import type { Subject } from './subject.js';

const check = 'groups';

interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** Whether this user, and the one of the service, may open serial ports and GPIO pins. */
export function groupsCheck(subject: Subject): Finding[] {
  const { machine, unit } = subject;
  const groups = readGroups(machine);
  const findings: Finding[] = [];
  const { user } = machine.facts;
  if (user.uid === 0) findings.push({ check, level: 'ok', text: 'root may open every serial port and GPIO pin.' });
  else {
    const serial =
      groupOf(
        listPorts(machine.roots).map(({ path }) => path),
        groups,
      ) ?? 'dialout';
    findings.push(membership(serial, 'serial ports', groups, subject));
    const chips = machine.names('/dev').filter((name) => /^gpiochip\d+$/.test(name));
    const pins =
      chips.length > 0
        ? (groupOf(
            chips.map((name) => machine.path(`/dev/${name}`)),
            groups,
          ) ?? 'gpio')
        : undefined;
    if (pins !== undefined) findings.push(membership(pins, 'GPIO pins', groups, subject));
  }
  if (unit) findings.push(...serviceUser(subject, groups));
  return findings;
}

function membership(
  name: string,
  purpose: string,
  groups: ReadonlyMap<string, Group>,
  { machine, unit }: Subject,
): Finding {
  const { user } = machine.facts;
  const group = groups.get(name);
  if (group && user.groups.includes(group.gid)) {
    return { check, level: 'ok', text: `${user.name} is in the group ${name} and may open ${purpose}.` };
  }
  if (group?.members.includes(user.name)) {
    const text = `${user.name} was added to the group ${name} after logging in; that counts from the next login on.`;
    return { check, level: 'warn', text, fix: `newgrp ${name}` };
  }
  const text = `${user.name} is not in the group ${name} and may not open ${purpose}.`;
  const fix = group ? `sudo usermod -aG ${name} ${user.name}   # then log in again` : `sudo groupadd --system ${name}`;
  // The service has a user of its own.
  return { check, level: unit ? 'hint' : 'bad', text, fix };
}

/** Whether systemd can start the service as its user with its groups. */
function serviceUser({ machine, unit }: Subject, groups: ReadonlyMap<string, Group>): Finding[] {
  if (!unit) return [];
  const fix = `sudo ${machine.facts.home}/scripts/install.sh`;
  const users = (machine.text('/etc/passwd') ?? '').split('\n').map((line) => line.split(':')[0]);
  const bad = (text: string): Finding => ({ check, level: 'bad', text, fix });
  if (!users.includes(unit.user)) return [bad(`The service's user ${unit.user} does not exist, so it can't start.`)];
  const unknown = unit.groups.find((name) => !groups.has(name));
  if (unknown !== undefined) return [bad(`The service's group ${unknown} does not exist, so it can't start.`)];
  const has = (name: string) => unit.groups.includes(name) || groups.get(name)?.members.includes(unit.user);
  const missing = ['dialout', 'gpio'].filter((name) => groups.has(name) && unit.user !== 'root' && !has(name));
  if (missing.length > 0) return [bad(`The service's user ${unit.user} is not in ${missing.join(' and ')}.`)];
  return [{ check, level: 'ok', text: `The service runs as ${unit.user} with the groups it needs.` }];
}

function readGroups(machine: Machine): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const line of (machine.text('/etc/group') ?? '').split('\n')) {
    const [name = '', , gid = '', members = ''] = line.split(':');
    if (name !== '') groups.set(name, { name, gid: Number(gid), members: members.split(',') });
  }
  return groups;
}

/** The group that may use the first of these nodes, where it is neither root's nor unnamed. */
function groupOf([node]: readonly string[], groups: ReadonlyMap<string, Group>): string | undefined {
  const gid = node === undefined ? 0 : (statSync(node, { throwIfNoEntry: false })?.gid ?? 0);
  return gid === 0 ? undefined : [...groups.values()].find((group) => group.gid === gid)?.name;
}
