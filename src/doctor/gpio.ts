import { BridgeError } from '../error.js';
import { type ChipNode, chipNodes } from '../port/chip-nodes.js';
import { CONSUMER } from '../port/chip-pins.js';
import { isHeader, sysfsChips } from '../port/gpio-chips.js';
import { linesInUse } from '../port/lines-in-use.js';
import { type ChosenBackend, type ProbeParts, probeGpio, whereOf } from '../port/pin-backend.js';
import { printable } from '../text.js';
import type { Finding } from './finding.js';
import type { Machine } from './machine.js';
import type { Subject } from './subject.js';

const check = 'gpio';

/** The GPIO chips on both of the kernel's interfaces, and which of them the bridge takes for the pins, by its own rules. */
export function gpioCheck({ machine }: Subject): Finding[] {
  const parts = { kernel: machine.facts.chipKernel, roots: machine.roots };
  const findings = [...inSysfs(parts), ...asDevices(machine, parts)];
  return findings.length > 0 ? [...findings, ...choice(machine, parts)] : [absence(machine)];
}

function inSysfs({ roots }: ProbeParts): Finding[] {
  return sysfsChips(roots.sys).map((chip): Finding => {
    const header = isHeader(chip) ? `: the pins of the header; BCM 17 is ${chip.base + 17} in sysfs` : '';
    const text = `GPIO chip ${chip.label} has ${chip.lines} lines, in sysfs from ${chip.base} on${header}.`;
    return { check, level: 'ok', text };
  });
}

function asDevices(machine: Machine, parts: ProbeParts): Finding[] {
  const nodes = machine.names('/dev').filter((name) => /^gpiochip\d+$/.test(name));
  if (nodes.length === 0) return [];
  const known = new Map(readable(parts).map((chip) => [chip.path, chip]));
  const words = nodes.map((name) => {
    const chip = known.get(machine.path(`/dev/${name}`));
    return chip ? `${name} (${chip.label}, ${chip.lines} lines)` : name;
  });
  return [{ check, level: 'ok', text: `The kernel offers its GPIO chips as character devices: ${words.join(', ')}.` }];
}

/** The chips that this user may look at; why not more is told with the choice. */
function readable({ kernel, roots }: ProbeParts): ChipNode[] {
  try {
    return chipNodes(kernel(), roots.dev);
  } catch (error) {
    if (error instanceof BridgeError) return [];
    throw error;
  }
}

function choice(machine: Machine, parts: ProbeParts): Finding[] {
  const chosen = probeGpio(parts);
  if (!(chosen instanceof BridgeError)) {
    const text = `The bridge takes ${chosen.chip.label} for the pins, over ${whereOf(chosen)}: ${chosen.why}.`;
    return [{ check, level: 'ok', text }, ...taken(chosen, parts)];
  }
  const text = `The bridge can’t use pins here: ${chosen.message}${chosen.hint ? ` (${chosen.hint})` : ''}.`;
  return [{ check, level: isPi(machine) ? 'bad' : 'hint', text }];
}

/** Who has pins already: a running bridge, or whatever will refuse them to one. */
function taken(chosen: ChosenBackend, parts: ProbeParts): Finding[] {
  const lines = linesInUse(chosen, parts);
  if (lines.length === 0) return [];
  const words = lines.map(({ name, owner }) => (owner === '' ? name : `${name} (${printable(owner)})`));
  const text = `In use are ${words.join(', ')}.`;
  if (lines.every(({ owner }) => owner === CONSUMER)) return [{ check, level: 'ok', text }];
  return [{ check, level: 'hint', text, fix: 'grep -E "^(dtoverlay|dtparam|gpio)=" /boot/firmware/config.txt' }];
}

function absence(machine: Machine): Finding {
  if (!isPi(machine)) return { check, level: 'hint', text: 'This machine has no GPIO that its kernel shows.' };
  const text = 'This Raspberry Pi shows no GPIO: neither /dev/gpiochip0 nor /sys/class/gpio is there.';
  return { check, level: 'warn', text, fix: 'ls -l /dev/gpiochip* /sys/class/gpio   # in a container: pass them in' };
}

function isPi({ model }: Machine): boolean {
  return model?.startsWith('Raspberry Pi') ?? false;
}
