import { BridgeError } from '../error.js';
import { type ChipNode, lineInfo } from './chip-nodes.js';
import {
  EVENT_BYTES,
  FLAG,
  IOCTL,
  inputFlags,
  type LineSetup,
  packConfig,
  packRequest,
  packValues,
  requestedFd,
  unpackEvents,
  unpackValues,
} from './chip-pins-abi.js';
import type { ChipKernel } from './chip-pins-kernel.js';
import type { InputHandlers, InputOptions, InputPins, OutputOptions, OutputPin, PinEdge } from './pin.js';
import { errnoOf, pinFault } from './pin-fault.js';

/** Events taken from the kernel at a time. */
const EVENTS_AT_ONCE = 256;
/** What this program calls itself towards the kernel. */
export const CONSUMER = 'carter-bridge';

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
  const keeps = initial === 'keep' && lineInfo(kernel, chip, pin).isOutput;
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
