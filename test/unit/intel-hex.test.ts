import { describe, expect, it } from 'vitest';
import { parseIntelHex } from '../../devices/board/intel-hex.js';
import { isBridgeError } from '../../src/error.js';

const END = ':00000001FF';

function refusal(text: string, size = 64): string {
  try {
    parseIntelHex(text, size);
    return 'accepted';
  } catch (error) {
    return isBridgeError(error, 'firmware/hex') ? error.message : String(error);
  }
}

describe('an Intel HEX file', () => {
  it('fills the memory it describes, and leaves the rest erased', () => {
    const memory = parseIntelHex(`:0300020041424335\r\n\n${END}\nwhatever comes behind\n`, 8);
    expect([...memory]).toEqual([255, 255, 0x41, 0x42, 0x43, 255, 255, 255]);
  });

  it('moves by segments and by linear addresses, and does not ask where a program starts', () => {
    const records = [':020000020001FB', ':01000000AA55', ':020000040000FA', ':010000005AA5', ':0400000500000000F7'];
    const memory = parseIntelHex([...records, END].join('\n'), 32);
    expect([memory[0], memory[16]]).toEqual([0x5a, 0xaa]);
  });

  it.each([
    ['a flipped digit', `:0300020041424437\n${END}`, 'line 1 of the hex file: its checksum is wrong'],
    ['a record that is cut', `:03000200414237\n${END}`, 'line 1 of the hex file: it says 3 bytes and has 2'],
    ['no record at all', `${':00000001FF'.slice(1)}\n`, /^line 1 of the hex file: a colon/],
    ['bytes beyond the chip', `:0300020041424335\n:02003F004142\x3c\n${END}`, /^line 2/],
    [
      'bytes beyond its end',
      `\n:02003F0041423C\n${END}`,
      'line 2 of the hex file: it lies beyond the 64 bytes of the chip',
    ],
    ['an unknown type', `:00000009F7\n${END}`, 'line 1 of the hex file: no record has type 9'],
    ['an address of one byte', `:0100000400FB\n${END}`, 'line 1 of the hex file: its address needs two bytes'],
    ['no end', ':0300020041424335\n', 'line 2 of the hex file: the file ends without an end record'],
  ])('with %s is refused with its line', (_what, text, message) => {
    const said = refusal(text);
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });
});
