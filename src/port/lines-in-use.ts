import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineInfo } from './chip-nodes.js';
import { type ChosenBackend, type ProbeParts, pinName } from './pin-backend.js';

/** The pins of the 40-pin header; a chip has others besides, which have uses of their own. */
const HEADER_PINS = 28;

/** A pin that somebody has. */
export interface LineInUse {
  /** `GPIO 4` */
  readonly name: string;
  /** What its owner calls itself; empty where it does not say. */
  readonly owner: string;
}

/**
 * The pins of the header that a program, a kernel driver or an overlay has: from the chip itself, or in sysfs from the kernel's
 * own list, which only root may read (none are known then). Throws the kernel's own error.
 */
export function linesInUse({ kind, chip }: ChosenBackend, { kernel, roots }: ProbeParts): LineInUse[] {
  const name = (pin: number) => pinName(pin, chip, { backend: 'auto' });
  if (kind === 'sysfs') {
    return [...listed(roots.sys)]
      .map(([number, owner]) => ({ pin: number - chip.base, owner }))
      .filter(({ pin }) => pin >= 0 && pin < HEADER_PINS)
      .map(({ pin, owner }) => ({ name: name(pin), owner }));
  }
  return Array.from({ length: Math.min(HEADER_PINS, chip.lines) }, (_, pin) => pin).flatMap((pin) => {
    const { isUsed, consumer } = lineInfo(kernel(), chip, pin);
    return isUsed ? [{ name: name(pin), owner: consumer }] : [];
  });
}

/** Owners by number, from lines such as ` gpio-516 (GPIO4               |onewire@4           ) out hi`. */
function listed(sys: string): Map<number, string> {
  let text: string;
  try {
    text = readFileSync(join(sys, 'kernel/debug/gpio'), 'utf8');
  } catch {
    return new Map();
  }
  const lines = text.matchAll(/^ gpio-(\d+) +\([^|)]*\|([^)]*)\)/gm);
  return new Map([...lines].map(([, number, owner = '']) => [Number(number), owner.trim()]));
}
