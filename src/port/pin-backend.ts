import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BridgeError, describeError } from '../error.js';
import { type ChipNode, chipNodes } from './chip-nodes.js';
import type { ChipKernel } from './chip-pins-kernel.js';
import { type GpioChip, pickChip, type SysfsChip, sysfsChips } from './gpio-chips.js';
import type { PinPlace } from './pin.js';
import { noSysfs } from './sysfs-line.js';
import type { SystemRoots } from './system-roots.js';

/** What a probe looks at. */
export interface ProbeParts {
  /** Loads the native library on the first call. Throws `pin/native`. */
  readonly kernel: () => ChipKernel;
  readonly roots: SystemRoots;
}

/** The interface chosen for a pin, its chip there, and a sentence that says why. */
export type ChosenBackend =
  | { readonly kind: 'chardev'; readonly chip: ChipNode; readonly why: string }
  | { readonly kind: 'sysfs'; readonly chip: SysfsChip; readonly why: string };

/**
 * Chooses the interface for a pin. auto: the character device, whose lines are released when the process dies and refuse a
 * second owner; but sysfs for an output that must stay as it is when the program ends, since a released line may not.
 * Throws `pin/…`.
 */
export function chooseBackend(place: PinPlace, hold: boolean, parts: ProbeParts): ChosenBackend {
  const chardev = () => inChardev(place, parts);
  const sysfs = () => ({ chip: sysfsChip(place, parts.roots) });
  if (place.backend === 'chardev') return { kind: 'chardev', ...chardev(), why: 'as configured' };
  if (place.backend === 'sysfs') return { kind: 'sysfs', ...sysfs(), why: 'as configured' };
  const first = attempt(chardev);
  const second = hold || first instanceof BridgeError ? attempt(sysfs) : undefined;
  if (hold && second && !(second instanceof BridgeError)) {
    return { kind: 'sysfs', ...second, why: 'its lines stay as they are when the program ends' };
  }
  if (!(first instanceof BridgeError)) {
    const kept = hold ? '; whether the line stays as it is when the program ends is up to the kernel' : '';
    return { kind: 'chardev', ...first, why: `the kernel counts edges and lets nobody else have its lines${kept}` };
  }
  if (second && !(second instanceof BridgeError)) return { kind: 'sysfs', ...second, why: first.message };
  // Where sysfs is not there at all, what is wrong with the character device is the news.
  throw second instanceof BridgeError && second.code !== 'pin/no-sysfs' && first.code === 'pin/no-chardev'
    ? second
    : first;
}

/** What a pin is called in messages: `GPIO 17` on a Pi. */
export function pinName(pin: number, chip: GpioChip, place: PinPlace): string {
  return place.chip === undefined ? `GPIO ${pin}` : `line ${pin} of ${chip.label}`;
}

/** The label of the Pi's chip, on whichever interface; undefined on a machine that is no Pi. */
export function piLabel(parts: ProbeParts): string | undefined {
  const chosen = probeGpio(parts);
  return chosen instanceof BridgeError ? undefined : chosen.chip.label;
}

/** What a device without options of its own would take for the pins, or why there are none. */
export function probeGpio(parts: ProbeParts): ChosenBackend | BridgeError {
  return attempt(() => chooseBackend({ backend: 'auto' }, false, parts));
}

/** Where an interface shows its chip, for people. */
export function whereOf({ kind, chip }: ChosenBackend): string {
  return kind === 'chardev' ? chip.path : `sysfs (numbers from ${chip.base} on)`;
}

/** Whether GPIO can be used here and how, in a sentence. */
export function describeGpio(parts: ProbeParts): string {
  const chosen = probeGpio(parts);
  if (chosen instanceof BridgeError) return describeError(chosen);
  const { chip, why } = chosen;
  return `${chip.label}, ${chip.lines} lines, over ${whereOf(chosen)}: ${why}`;
}

function inChardev(place: PinPlace, { kernel, roots }: ProbeParts): { chip: ChipNode } {
  const chips = chipNodes(kernel(), roots.dev);
  if (chips.length === 0) {
    throw new BridgeError('pin/no-chardev', 'this kernel has no GPIO character device (/dev/gpiochip*)', {
      hint: 'is this a Raspberry Pi? In a container, pass the device through',
    });
  }
  return { chip: pickChip(chips, place.chip) };
}

/** The chip that is meant, in sysfs. Throws `pin/no-…`. */
export function sysfsChip(place: PinPlace, roots: SystemRoots): SysfsChip {
  const gpio = join(roots.sys, 'class/gpio');
  if (!existsSync(join(gpio, 'export'))) throw noSysfs(gpio);
  const chips = sysfsChips(roots.sys);
  if (place.base === undefined) return pickChip(chips, place.chip);
  const { base } = place;
  const chip = chips.find((one) => one.base === base);
  return chip ?? { name: `gpiochip${base}`, label: place.chip ?? `base ${base}`, base, lines: 1024 };
}

function attempt<T>(work: () => T): T | BridgeError {
  try {
    return work();
  } catch (error) {
    if (error instanceof BridgeError) return error;
    throw error;
  }
}
