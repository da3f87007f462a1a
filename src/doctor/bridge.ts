import { isObject } from '../mesh/frame.js';
import { printable } from '../text.js';
import type { Finding } from './finding.js';
import type { Subject } from './subject.js';

const check = 'bridge';

/** What the running bridge says of itself, its relay and its devices. */
export function bridgeCheck({ bridge, program, stateDir, unit }: Subject): Finding[] {
  if (bridge.is === 'none') {
    const text = `No bridge runs with the state folder ${printable(stateDir)}.`;
    return [{ check, level: unit?.active ? 'warn' : 'hint', text, fix: `${program} run` }];
  }
  if (bridge.is === 'refused') {
    return [
      {
        check,
        level: 'hint',
        text: `A bridge runs that only its own user may ask: ${bridge.why}.`,
        fix: `sudo ${program} doctor`,
      },
    ];
  }
  if (bridge.is === 'silent') {
    const fix = unit ? 'sudo systemctl restart carter-bridge' : `${program} run   # after ending the one that hangs`;
    return [{ check, level: 'bad', text: `A bridge runs and does not answer: ${bridge.why}.`, fix }];
  }
  const { status } = bridge;
  const devices = Object.entries(isObject(status['devices']) ? status['devices'] : {});
  const text = `Bridge ${printable(String(status['version']), 20)} runs (pid ${Number(status['pid'])}, for ${span(Number(status['up_s']))}).`;
  const findings: Finding[] = [{ check, level: 'ok', text }];
  if (status['relay'] !== 'joined') {
    const apart = 'The bridge is not on its relay, so phones see nothing.';
    findings.push({ check, level: 'bad', text: apart, fix: logCommand(unit !== undefined, program) });
  }
  if (status['stopped'] === true) {
    const latched = 'The emergency stop is latched: nothing is switched, not after a restart either.';
    findings.push({ check, level: 'warn', text: latched, fix: `${program} set bridge.estop_reset on` });
  }
  return [...findings, ...devices.map(([id, device]) => deviceFinding(id, device, program))];
}

function deviceFinding(id: string, device: unknown, program: string): Finding {
  const { health, trouble } = isObject(device) ? device : {};
  if (health === 'online') return { check, level: 'ok', text: `${id} is online.` };
  const why = typeof trouble === 'string' ? `: ${printable(trouble, 300)}` : '';
  if (health === 'unapproved') {
    return {
      check,
      level: 'warn',
      text: `${id} waits until its outputs may be switched.`,
      fix: `${program} approve ${id}`,
    };
  }
  return {
    check,
    level: health === 'offline' ? 'bad' : 'warn',
    text: `${id} is ${String(health)}${why}.`,
    fix: `${program} monitor ${id}`,
  };
}

function logCommand(isService: boolean, program: string): string {
  return isService ? 'journalctl -u carter-bridge -n 30' : `${program} run   # its log says why`;
}

function span(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} days`;
}
