import { join } from 'node:path';
import { BridgeError } from '../error.js';
import {
  EVENT_BYTES,
  FLAG,
  IOCTL,
  inputFlags,
  type LineSetup,
  packConfig,
  packLineInfo,
  packRequest,
  packValues,
  requestedFd,
  unpackChip,
  unpackEvents,
  unpackLineInfo,
  unpackValues,
} from './chip-pins-abi.js';
import type { ChipKernel } from './chip-pins-kernel.js';
import { type GpioChip, namesIn } from './gpio-chips.js';
import type { InputHandlers, InputOptions, InputPins, OutputOptions, OutputPin, PinEdge } from './pin.js';
import { errnoOf, pinFault } from './pin-fault.js';

/** Events taken from the kernel at a time. */
const EVENTS_AT_ONCE = 256;
const CONSUMER = 'carter-bridge';

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
      const fd = kernel.open(path);
      try {
        const info = Buffer.alloc(68);
        kernel.ioctl(fd, IOCTL.chipInfo, info);
        chips.push({ path, ...unpackChip(info) });
      } finally {
        kernel.close(fd);
      }
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

/** Opens inputs of a chip in one request, so that their changes come in order. Throws `pin/…`; `name` is for its words. */
export function openChipInputs(
  kernel: ChipKernel,
  chip: ChipNode,
  name: string,
  options: InputOptions,
  handlers: InputHandlers,
): InputPins {
  const { pins, debounce } = options;
  const lines = request(kernel, chip, name, pins, { flags: inputFlags(options), debounce });
  const buffer = Buffer.alloc(EVENT_BYTES * EVENTS_AT_ONCE);
  const sequences = new Map<number, number>();
  const fail = (cause: unknown) => {
    stop();
    handlers.failed(pinFault({ name, cause }));
  };
  const ready = () => {
    let bytes: number;
    try {
      bytes = kernel.read(lines.fd, buffer);
    } catch (error) {
      fail(error);
      return;
    }
    const edges = unpackEvents(buffer, bytes).map(({ offset, active, at, sequence }): PinEdge => {
      const lost = (sequence - (sequences.get(offset) ?? 0) - 1) >>> 0;
      sequences.set(offset, sequence);
      return { pin: offset, active, at: Number(at) / 1e6, lost };
    });
    if (edges.length > 0) handlers.edges(edges);
  };
  const gone = () => fail(new BridgeError('pin/lost', `the chip of ${name} is gone`));
  const stop = kernel.watch(lines.fd, ready, gone);
  return {
    read: () => lines.read(),
    close: () => {
      stop();
      lines.close();
    },
  };
}

/** Opens an output of a chip; its first level is part of the request, so that it never has another one. Throws `pin/…`. */
export function openChipOutput(kernel: ChipKernel, chip: ChipNode, name: string, options: OutputOptions): OutputPin {
  const { pin, activeLow, initial, otherwise } = options;
  const polarity = activeLow ? FLAG.activeLow : 0n;
  const asOutput = (output: boolean): LineSetup => ({ flags: FLAG.output | polarity, output });
  const keeps = initial === 'keep' && lineInfo(kernel, chip, pin).flags & FLAG.output;
  const lines = request(
    kernel,
    chip,
    name,
    [pin],
    keeps ? { flags: polarity } : asOutput(initial === 'keep' ? otherwise : initial),
  );
  const first = () => lines.read()[0] === true;
  if (keeps) lines.configure(asOutput(first()));
  return { read: first, write: (active) => lines.write(active), close: () => lines.close() };
}

function request(
  kernel: ChipKernel,
  chip: ChipNode,
  name: string,
  pins: readonly number[],
  setup: LineSetup,
): ChipLines {
  if (pins.some((pin) => pin >= chip.lines)) {
    const hint = `the chip has lines 0 to ${chip.lines - 1}`;
    throw new BridgeError('pin/missing', `there is no ${name} on ${chip.label}`, { hint });
  }
  try {
    const fd = kernel.open(chip.path);
    try {
      const data = packRequest(pins, CONSUMER, setup);
      kernel.ioctl(fd, IOCTL.requestLines, data);
      const lines = requestedFd(data);
      kernel.unblock(lines);
      return new ChipLines(kernel, name, lines, pins.length);
    } finally {
      kernel.close(fd);
    }
  } catch (cause) {
    const busy = errnoOf(cause) === 'EBUSY';
    const holders = busy ? pins.map((pin) => lineInfo(kernel, chip, pin).consumer) : [];
    throw pinFault({ name, cause, holder: holders.find((consumer) => consumer !== '') });
  }
}

/** What the kernel says about a line that nobody has to own. */
function lineInfo(kernel: ChipKernel, chip: ChipNode, pin: number): ReturnType<typeof unpackLineInfo> {
  const fd = kernel.open(chip.path);
  try {
    const data = packLineInfo(pin);
    kernel.ioctl(fd, IOCTL.lineInfo, data);
    return unpackLineInfo(data);
  } finally {
    kernel.close(fd);
  }
}

/** Lines of one request, owned until closed. */
class ChipLines {
  private closed = false;

  constructor(
    private readonly kernel: ChipKernel,
    private readonly name: string,
    readonly fd: number,
    private readonly count: number,
  ) {}

  read(): boolean[] {
    const data = packValues(0n, this.count);
    this.call(IOCTL.getValues, data);
    return unpackValues(data, this.count);
  }

  write(active: boolean): void {
    this.call(IOCTL.setValues, packValues(active ? 1n : 0n, this.count));
  }

  configure(setup: LineSetup): void {
    this.call(IOCTL.setConfig, packConfig(setup, this.count));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.kernel.close(this.fd);
  }

  private call(number: number, data: Buffer): void {
    if (this.closed) throw new BridgeError('pin/closed', `${this.name} was closed`);
    try {
      this.kernel.ioctl(this.fd, number, data);
    } catch (cause) {
      throw pinFault({ name: this.name, cause });
    }
  }
}
