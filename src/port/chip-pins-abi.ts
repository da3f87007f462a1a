import type { Edges, Pull } from './pin.js';

/** Numbers of linux/gpio.h, version 2 of the character device's interface; the same on every architecture. */
export const IOCTL = {
  chipInfo: 0x8044b401,
  lineInfo: 0xc100b405,
  requestLines: 0xc250b407,
  setConfig: 0xc110b40d,
  getValues: 0xc010b40e,
  setValues: 0xc010b40f,
} as const;

export const FLAG = {
  used: 1n << 0n,
  activeLow: 1n << 1n,
  input: 1n << 2n,
  output: 1n << 3n,
  rising: 1n << 4n,
  falling: 1n << 5n,
  pullUp: 1n << 8n,
  pullDown: 1n << 9n,
  pullOff: 1n << 10n,
} as const;

const ATTRIBUTE = { outputValues: 2, debounce: 3 } as const;
const EDGE = { rising: 1, falling: 2 } as const;

/** struct gpio_v2_line_event */
export const EVENT_BYTES = 48;
/** The most that the kernel keeps for one request; it drops the oldest. */
const EVENT_BUFFER = 1024;

/** What a request asks of its lines. */
export interface LineSetup {
  readonly flags: bigint;
  /** Level of every line, for outputs. */
  readonly output?: boolean;
  /** Milliseconds. */
  readonly debounce?: number;
}

/** The flags of an input. */
export function inputFlags(options: { activeLow: boolean; pull?: Pull; edges: Edges }): bigint {
  const { activeLow, pull, edges } = options;
  const pulls = { up: FLAG.pullUp, down: FLAG.pullDown, off: FLAG.pullOff } as const;
  // The kernel's edges are logical: rising means becoming active, whatever the level.
  const told = { active: FLAG.rising, inactive: FLAG.falling, both: FLAG.rising | FLAG.falling } as const;
  return FLAG.input | (activeLow ? FLAG.activeLow : 0n) | (pull ? pulls[pull] : 0n) | told[edges];
}

/** struct gpio_v2_line_request */
export function packRequest(offsets: readonly number[], consumer: string, setup: LineSetup): Buffer {
  const data = Buffer.alloc(592);
  offsets.forEach((offset, i) => {
    data.writeUInt32LE(offset, i * 4);
  });
  data.write(consumer.slice(0, 31), 256, 'latin1');
  packConfig(setup, offsets.length).copy(data, 288);
  data.writeUInt32LE(offsets.length, 560);
  data.writeUInt32LE(EVENT_BUFFER, 564);
  return data;
}

/** The descriptor that the kernel wrote into a request. */
export const requestedFd = (request: Buffer): number => request.readInt32LE(588);

/** struct gpio_v2_line_config */
export function packConfig({ flags, output, debounce = 0 }: LineSetup, lines: number): Buffer {
  const data = Buffer.alloc(272);
  const every = (1n << BigInt(lines)) - 1n;
  data.writeBigUInt64LE(flags, 0);
  const attributes: [id: number, value: bigint][] = [];
  if (output !== undefined) attributes.push([ATTRIBUTE.outputValues, output ? every : 0n]);
  if (debounce > 0) attributes.push([ATTRIBUTE.debounce, BigInt(Math.round(debounce * 1000))]);
  data.writeUInt32LE(attributes.length, 8);
  attributes.forEach(([id, value], i) => {
    const at = 32 + i * 24;
    data.writeUInt32LE(id, at);
    data.writeBigUInt64LE(value, at + 8);
    data.writeBigUInt64LE(every, at + 16);
  });
  return data;
}

/** struct gpiochip_info */
export function unpackChip(data: Buffer): { name: string; label: string; lines: number } {
  return { name: cText(data, 0), label: cText(data, 32), lines: data.readUInt32LE(64) };
}

/** struct gpio_v2_line_info, for one line. */
export function packLineInfo(offset: number): Buffer {
  const data = Buffer.alloc(256);
  data.writeUInt32LE(offset, 64);
  return data;
}

/** Who has a line, and whether it is an output. */
export function unpackLineInfo(data: Buffer): { consumer: string; flags: bigint } {
  return { consumer: cText(data, 32), flags: data.readBigUInt64LE(72) };
}

/** struct gpio_v2_line_values */
export function packValues(bits: bigint, lines: number): Buffer {
  const data = Buffer.alloc(16);
  data.writeBigUInt64LE(bits, 0);
  data.writeBigUInt64LE((1n << BigInt(lines)) - 1n, 8);
  return data;
}

/** The levels in a struct gpio_v2_line_values. */
export function unpackValues(data: Buffer, lines: number): boolean[] {
  const bits = data.readBigUInt64LE(0);
  return Array.from({ length: lines }, (_, i) => ((bits >> BigInt(i)) & 1n) === 1n);
}

/** An event as the kernel wrote it. */
export interface LineEvent {
  readonly offset: number;
  readonly active: boolean;
  /** Nanoseconds of CLOCK_MONOTONIC. */
  readonly at: bigint;
  /** Rises by one with each event of the line, also with those that were dropped. */
  readonly sequence: number;
}

/** The events in the first `bytes` bytes of what was read. */
export function unpackEvents(data: Buffer, bytes: number): LineEvent[] {
  const events: LineEvent[] = [];
  for (let at = 0; at + EVENT_BYTES <= bytes; at += EVENT_BYTES) {
    events.push({
      at: data.readBigUInt64LE(at),
      active: data.readUInt32LE(at + 8) === EDGE.rising,
      offset: data.readUInt32LE(at + 12),
      sequence: data.readUInt32LE(at + 20),
    });
  }
  return events;
}

function cText(data: Buffer, at: number): string {
  const text = data.subarray(at, at + 32);
  const end = text.indexOf(0);
  return text.subarray(0, end < 0 ? 32 : end).toString('latin1');
}
