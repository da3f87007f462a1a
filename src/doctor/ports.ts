import { basename } from 'node:path';
import { isBridgeError } from '../error.js';
import { holders, listPorts, resolvePort, type SerialPortEntry } from '../port/serial-path.js';
import { identityText } from '../port/usb-identity.js';
import { printable } from '../text.js';
import type { Finding } from './finding.js';
import { bridgePid, configuredPorts, type Subject } from './subject.js';

const check = 'ports';

/** The serial ports, what is behind each, and who has it open; and the ports that the config names and that are not there. */
export async function portsCheck(subject: Subject): Promise<Finding[]> {
  const { machine, program } = subject;
  const ports = listPorts(machine.roots);
  const findings: Finding[] = [];
  for (const port of ports) findings.push(await portFinding(port, subject));
  for (const [id, address] of configuredPorts(subject)) {
    try {
      resolvePort(typeof address === 'string' ? machine.path(address) : address, machine.roots);
    } catch (error) {
      if (!isBridgeError(error)) throw error;
      findings.push({ check, level: 'bad', text: `${id}: ${error.message}.`, fix: `${program} devices` });
    }
  }
  if (ports.length > 0) return findings;
  return [{ check, level: 'hint', text: 'No serial port is plugged in.', fix: `${program} bench` }, ...findings];
}

async function portFinding(port: SerialPortEntry, subject: Subject): Promise<Finding> {
  const { path, usb, byId, byPath } = port;
  const product = [usb?.manufacturer, usb?.product].filter(Boolean).join(' ');
  const who = usb ? `USB ${identityText(usb)}${product === '' ? '' : ` ${printable(product, 60)}`}` : 'not USB';
  const name = byId ?? byPath;
  const what = `${path} is ${who}${name === undefined ? '' : `; in a config: ${name}`}`;
  const others = (await holders(path, subject.machine.roots)).filter(({ pid }) => pid !== bridgePid(subject));
  const [holder] = others;
  if (!holder) return { check, level: 'ok', text: `${what}.` };
  const command = printable(holder.command, 40);
  // Without its word it can't be told from another program of this name.
  if (bridgePid(subject) === undefined && subject.bridge.is !== 'none' && /^(node|carter-bridge)/.test(command)) {
    return { check, level: 'ok', text: `${what}; open in ${command} (pid ${holder.pid}).` };
  }
  const text = `${basename(path)} is held by ${command} (pid ${holder.pid}), so the bridge can't have it; it is ${who}.`;
  return { check, level: 'warn', text, fix: `ps -fp ${holder.pid}` };
}
