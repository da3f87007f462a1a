import type { ChipKernel } from '../../src/port/chip-pins-kernel.js';
import { failure } from './sysfs-tree.js';

interface MadeUpLine {
  high: boolean;
  consumer: string;
  output: boolean;
  /** Every level that it was driven to. */
  driven: boolean[];
}

interface Request {
  chip: MadeUpChip;
  offsets: number[];
  flags: bigint;
  events: Buffer[];
  sequences: Map<number, number>;
  ready: (() => void) | undefined;
  gone: (() => void) | undefined;
}

/** A chip of a made-up kernel. */
export class MadeUpChip {
  readonly lines: MadeUpLine[];
  denied = false;

  constructor(
    readonly label: string,
    count: number,
  ) {
    this.lines = Array.from({ length: count }, () => ({ high: false, consumer: '', output: false, driven: [] }));
  }

  line(offset: number): MadeUpLine {
    const line = this.lines[offset];
    if (!line) throw failure('EINVAL');
    return line;
  }
}

/** What of linux/gpio.h, version 2, the bridge uses, written from the header and not from the code that it tests. */
export class MadeUpKernel implements ChipKernel {
  /** Debounce periods that were asked for, in microseconds. */
  readonly debounces: number[] = [];
  /** Flags of every request and every new config. */
  readonly flags: bigint[] = [];
  private readonly files = new Map<number, MadeUpChip | Request>();
  private next = 1000;

  constructor(private readonly chips: ReadonlyMap<string, MadeUpChip>) {}

  /** Descriptors that are open. */
  get opened(): number {
    return this.files.size;
  }

  open(path: string): number {
    const chip = this.chips.get(path);
    if (!chip) throw failure('ENOENT');
    if (chip.denied) throw failure('EACCES');
    return this.file(chip);
  }

  /** This user may not open the chip. */
  deny(path: string): void {
    const chip = this.chips.get(path);
    if (chip) chip.denied = true;
  }

  ioctl(fd: number, request: number, data: Buffer): void {
    const file = this.files.get(fd);
    if (!file) throw failure('EBADF');
    if (file instanceof MadeUpChip) this.onChip(file, request, data);
    else this.onLines(file, request, data);
  }

  unblock(): void {}

  read(fd: number, data: Buffer): number {
    const { events } = this.request(fd);
    const taken = events.splice(0, Math.floor(data.length / 48));
    Buffer.concat(taken).copy(data);
    return taken.length * 48;
  }

  watch(fd: number, ready: () => void, gone: () => void): () => void {
    const request = this.request(fd);
    request.ready = ready;
    request.gone = gone;
    return () => {
      request.ready = undefined;
      request.gone = undefined;
    };
  }

  close(fd: number): void {
    const file = this.files.get(fd);
    if (!this.files.delete(fd)) throw failure('EBADF');
    if (file && !(file instanceof MadeUpChip)) for (const offset of file.offsets) file.chip.line(offset).consumer = '';
  }

  /** What is wired to a line changes its level; `dropped` changes before it did not fit into the kernel's buffer. */
  set(chip: MadeUpChip, offset: number, high: boolean, at: bigint, dropped = 0): void {
    const line = chip.line(offset);
    if (line.high === high) return;
    line.high = high;
    for (const request of this.requests(chip, offset)) {
      const active = high !== ((request.flags & 2n) !== 0n);
      if ((request.flags & (active ? 16n : 32n)) === 0n) continue;
      const sequence = (request.sequences.get(offset) ?? 0) + 1 + dropped;
      request.sequences.set(offset, sequence);
      const event = Buffer.alloc(48);
      event.writeBigUInt64LE(at, 0);
      event.writeUInt32LE(active ? 1 : 2, 8);
      event.writeUInt32LE(offset, 12);
      event.writeUInt32LE(sequence, 20);
      request.events.push(event);
    }
  }

  /** Wakes whoever waits for events, as the event loop does. */
  wake(): void {
    for (const file of this.files.values()) {
      if (!(file instanceof MadeUpChip) && file.events.length > 0) file.ready?.();
    }
  }

  /** The chip goes away. */
  vanish(chip: MadeUpChip): void {
    for (const file of this.files.values()) if (!(file instanceof MadeUpChip) && file.chip === chip) file.gone?.();
  }

  private onChip(chip: MadeUpChip, request: number, data: Buffer): void {
    if (request === 0x8044b401) {
      data.write('gpiochip0', 0);
      data.write(chip.label, 32);
      data.writeUInt32LE(chip.lines.length, 64);
    } else if (request === 0xc100b405) {
      const line = chip.line(data.readUInt32LE(64));
      data.write(line.consumer, 32);
      data.writeBigUInt64LE((line.consumer ? 1n : 0n) | (line.output ? 8n : 4n), 72);
    } else if (request === 0xc250b407) this.take(chip, data);
    else throw failure('ENOTTY');
  }

  private take(chip: MadeUpChip, data: Buffer): void {
    const offsets = Array.from({ length: data.readUInt32LE(560) }, (_, i) => data.readUInt32LE(i * 4));
    const consumer = data.toString('latin1', 256, data.indexOf(0, 256));
    for (const offset of offsets) if (chip.line(offset).consumer) throw failure('EBUSY');
    const flags = data.readBigUInt64LE(288);
    const request: Request = {
      chip,
      offsets,
      flags,
      events: [],
      sequences: new Map(),
      ready: undefined,
      gone: undefined,
    };
    for (const offset of offsets) chip.line(offset).consumer = consumer;
    this.configure(request, data.subarray(288));
    data.writeInt32LE(this.file(request), 588);
  }

  private configure(request: Request, config: Buffer): void {
    request.flags = config.readBigUInt64LE(0);
    this.flags.push(request.flags);
    const attributes = Array.from({ length: config.readUInt32LE(8) }, (_, i) => config.subarray(32 + i * 24));
    for (const attribute of attributes)
      if (attribute.readUInt32LE(0) === 3) this.debounces.push(attribute.readUInt32LE(8));
    if ((request.flags & 8n) === 0n) return;
    const values = attributes.find((attribute) => attribute.readUInt32LE(0) === 2)?.readBigUInt64LE(8) ?? 0n;
    this.drive(request, values);
  }

  private onLines(request: Request, number: number, data: Buffer): void {
    if (number === 0xc110b40d) this.configure(request, data);
    else if (number === 0xc010b40f) this.drive(request, data.readBigUInt64LE(0));
    else if (number === 0xc010b40e) {
      const inverted = (request.flags & 2n) !== 0n;
      const bits = request.offsets.map((offset, i) =>
        request.chip.line(offset).high !== inverted ? 1n << BigInt(i) : 0n,
      );
      data.writeBigUInt64LE(
        bits.reduce((sum, bit) => sum | bit, 0n),
        0,
      );
    } else throw failure('ENOTTY');
  }

  private drive(request: Request, values: bigint): void {
    const inverted = (request.flags & 2n) !== 0n;
    request.offsets.forEach((offset, i) => {
      const line = request.chip.line(offset);
      line.high = (((values >> BigInt(i)) & 1n) === 1n) !== inverted;
      line.output = true;
      line.driven.push(line.high);
    });
  }

  private requests(chip: MadeUpChip, offset: number): Request[] {
    return [...this.files.values()].filter(
      (file): file is Request => !(file instanceof MadeUpChip) && file.chip === chip && file.offsets.includes(offset),
    );
  }

  private request(fd: number): Request {
    const file = this.files.get(fd);
    if (!file || file instanceof MadeUpChip) throw failure('EBADF');
    return file;
  }

  private file(file: MadeUpChip | Request): number {
    this.files.set(++this.next, file);
    return this.next;
  }
}
