import { BridgeError } from '../../src/error.js';

/** Types of records; the others tell where a program starts, which a chip that starts at 0 does not ask. */
const DATA = 0;
const END = 1;
const SEGMENT = 2;
const LINEAR = 4;
const IGNORED = [3, 5];

/** Unwritten flash. */
const ERASED = 0xff;

interface HexRecord {
  readonly type: number;
  readonly address: number;
  readonly data: Buffer;
}

/**
 * The flash memory of `size` bytes that an Intel HEX file describes. Throws `firmware/hex` with the line of what is wrong:
 * a damaged record, bytes beyond the memory, no end record.
 */
export function parseIntelHex(text: string, size: number): Uint8Array {
  const memory = new Uint8Array(size).fill(ERASED);
  let base = 0;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const { type, address, data } = parseRecord(line.trim(), index + 1);
    if (type === END) return memory;
    if (type === SEGMENT) base = word(data, index + 1) * 16;
    else if (type === LINEAR) base = word(data, index + 1) * 0x1_0000;
    else if (type === DATA) {
      if (base + address + data.length > size) throw broken(index + 1, `it lies beyond the ${size} bytes of the chip`);
      memory.set(data, base + address);
    } else if (!IGNORED.includes(type)) throw broken(index + 1, `no record has type ${type}`);
  }
  throw broken(text.split('\n').length, 'the file ends without an end record');
}

function parseRecord(line: string, number: number): HexRecord {
  const digits = line.slice(1);
  if (!/^:([0-9A-Fa-f]{2}){5,260}$/.test(line)) throw broken(number, 'a colon and pairs of hex digits are expected');
  const bytes = Buffer.from(digits, 'hex');
  const length = bytes.readUInt8(0);
  if (bytes.length !== length + 5) throw broken(number, `it says ${length} bytes and has ${bytes.length - 5}`);
  if (bytes.reduce((sum, byte) => sum + byte, 0) % 256 !== 0) throw broken(number, 'its checksum is wrong');
  return { address: bytes.readUInt16BE(1), type: bytes.readUInt8(3), data: bytes.subarray(4, -1) };
}

function word(data: Buffer, number: number): number {
  if (data.length !== 2) throw broken(number, 'its address needs two bytes');
  return data.readUInt16BE(0);
}

function broken(line: number, why: string): BridgeError {
  return new BridgeError('firmware/hex', `line ${line} of the hex file: ${why}`, { hint: 'build the firmware anew' });
}
