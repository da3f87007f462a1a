import { join } from 'node:path';
import { FLAG, IOCTL, packLineInfo, unpackChip, unpackLineInfo } from './chip-pins-abi.js';
import type { ChipKernel } from './chip-pins-kernel.js';
import { type GpioChip, namesIn } from './gpio-chips.js';
import { errnoOf, pinFault } from './pin-fault.js';

/** A chip's device node. */
export interface ChipNode extends GpioChip {
  readonly path: string;
}

/** The chips that have a device node which this user may open. Throws `pin/denied` where there are some, but all forbidden. */
export function chipNodes(kernel: ChipKernel, dev: string): ChipNode[] {
  const chips: ChipNode[] = [];
  let denied: unknown;
  for (const path of nodesIn(dev)) {
    try {
      const info = Buffer.alloc(68);
      ask(kernel, path, IOCTL.chipInfo, info);
      chips.push({ path, ...unpackChip(info) });
    } catch (error) {
      // A chip that went away between the two looks is none.
      if (errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM') denied = error;
    }
  }
  if (chips.length === 0 && denied !== undefined) throw pinFault({ name: join(dev, 'gpiochip*'), cause: denied });
  return chips;
}

function nodesIn(dev: string): string[] {
  const number = (name: string) => Number(name.slice('gpiochip'.length));
  return namesIn(dev)
    .filter((name) => /^gpiochip\d+$/.test(name))
    .sort((a, b) => number(a) - number(b))
    .map((name) => join(dev, name));
}

/** A line as the kernel describes it to whoever asks. */
export interface LineInfo {
  readonly isUsed: boolean;
  /** What its owner calls itself; empty where there is none. */
  readonly consumer: string;
  readonly isOutput: boolean;
}

/** What the kernel says about a line that nobody has to own. Throws the kernel's own error. */
export function lineInfo(kernel: ChipKernel, { path }: Pick<ChipNode, 'path'>, pin: number): LineInfo {
  const data = packLineInfo(pin);
  ask(kernel, path, IOCTL.lineInfo, data);
  const { consumer, flags } = unpackLineInfo(data);
  return { isUsed: (flags & FLAG.used) !== 0n, consumer, isOutput: (flags & FLAG.output) !== 0n };
}

function ask(kernel: ChipKernel, path: string, question: number, data: Buffer): void {
  const fd = kernel.open(path);
  try {
    kernel.ioctl(fd, question, data);
  } finally {
    kernel.close(fd);
  }
}
