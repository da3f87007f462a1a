import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BridgeError } from '../error.js';
import type { LeftoverOutput } from './pin.js';
import { type ProbeParts, piLabel, pinName, sysfsChip } from './pin-backend.js';
import { pinFault } from './pin-fault.js';
import { findPwm, isInversed } from './pwm.js';
import { overwrite } from './sysfs-file.js';
import { attribute } from './usb-identity.js';

/** What leftovers are looked for with. */
export interface LeftoverParts extends ProbeParts {
  readonly write?: typeof overwrite;
}

/**
 * Puts an output to its safe level where a process that died left it exported; it stays exported, so that it keeps that
 * level. Resolves with its name, or undefined where nothing was left. Throws `pin/…`.
 */
export function settleLeftover(output: LeftoverOutput, parts: LeftoverParts): string | undefined {
  try {
    return output.kind === 'line' ? settleLine(output, parts) : settlePwm(output, parts);
  } catch (error) {
    // No such chip here, so nothing was left on it.
    if (error instanceof BridgeError && /^pin\/no-/.test(error.code)) return undefined;
    throw error;
  }
}

function settleLine({ place, pin, high }: LeftoverOutput & { kind: 'line' }, parts: LeftoverParts): string | undefined {
  const chip = sysfsChip(place, parts.roots);
  const name = pinName(pin, chip, place);
  const folder = join(parts.roots.sys, `class/gpio/gpio${chip.base + pin}`);
  if (attribute(folder, 'direction') !== 'out') return undefined;
  set(name, join(folder, 'direction'), high ? 'high' : 'low', parts);
  return name;
}

function settlePwm({ channel, share }: LeftoverOutput & { kind: 'pwm' }, parts: LeftoverParts): string | undefined {
  const found = findPwm(channel, piLabel(parts), parts.roots.sys);
  const name = `channel ${found.channel} of ${found.chip}`;
  const folder = join(parts.roots.sys, 'class/pwm', found.chip, `pwm${found.channel}`);
  if (!existsSync(folder)) return undefined;
  const part = isInversed(folder) ? 1 - share : share;
  set(name, join(folder, 'duty_cycle'), String(Math.round(part * Number(attribute(folder, 'period')))), parts);
  return name;
}

function set(name: string, path: string, text: string, { write = overwrite }: LeftoverParts): void {
  try {
    write(path, text);
  } catch (cause) {
    throw pinFault({ name, cause });
  }
}
