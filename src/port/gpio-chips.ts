import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BridgeError } from '../error.js';
import { printable } from '../text.js';

/** Labels of the chips that carry the 40-pin header, by model: Pi 5, Pi 4, all before (Zero 2 W too). */
const PI_LABELS = ['pinctrl-rp1', 'pinctrl-bcm2711', 'pinctrl-bcm2835'] as const;

/** Whether a chip's lines are the pins of a Raspberry Pi's header. */
export function isHeader({ label }: Pick<GpioChip, 'label'>): boolean {
  return (PI_LABELS as readonly string[]).includes(label);
}

/** A chip as one of the kernel's interfaces shows it. */
export interface GpioChip {
  /** `gpiochip0`. The two interfaces number chips differently. */
  readonly name: string;
  readonly label: string;
  readonly lines: number;
}

/** A chip in sysfs. */
export interface SysfsChip extends GpioChip {
  /** Number of its first line. It depends on model and kernel: 0, 512, 571, … */
  readonly base: number;
}

/** The chips that sysfs shows; empty where there is no sysfs GPIO. */
export function sysfsChips(sys: string): SysfsChip[] {
  const folder = join(sys, 'class/gpio');
  return namesIn(folder)
    .filter((name) => /^gpiochip\d+$/.test(name))
    .flatMap((name) => {
      const [label, base, lines] = ['label', 'base', 'ngpio'].map((file) => text(join(folder, name, file)));
      if (label === undefined || !/^\d+$/.test(base ?? '') || !/^\d+$/.test(lines ?? '')) return [];
      return [{ name, label, base: Number(base), lines: Number(lines) }];
    })
    .sort((a, b) => a.base - b.base);
}

/** The chip that is meant: by label or name, else the Pi's. Throws `pin/no-chip`. */
export function pickChip<Chip extends GpioChip>(chips: readonly Chip[], wanted: string | undefined): Chip {
  const named = (word: string) => chips.find(({ label }) => label === word) ?? chips.find(({ name }) => name === word);
  if (wanted !== undefined) {
    const chip = named(wanted);
    if (chip) return chip;
    throw new BridgeError('pin/no-chip', `there is no GPIO chip ${printable(wanted)}`, { hint: seen(chips) });
  }
  for (const label of PI_LABELS) {
    const chip = named(label);
    if (chip) return chip;
  }
  throw new BridgeError('pin/no-chip', 'no GPIO chip here is a Raspberry Pi’s', {
    hint: `name one by its label, \`chip: label\`; ${seen(chips)}`,
  });
}

function seen(chips: readonly GpioChip[]): string {
  if (chips.length === 0) return 'there are none';
  const names = chips.map(({ name, label, lines }) => `${name} (${printable(label)}, ${lines} lines)`);
  return `there is ${names.join(', ')}`;
}

/** The names in a folder of the kernel's; none where it is not there, as then nothing of that sort is. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // The chip went away between the two looks.
    return undefined;
  }
}
