import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { misleads, printable, printableJson } from '../../src/text.js';

/** What changes a terminal, or in which direction it writes, or what cannot be seen. */
const RAW = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

const steering = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u001b', '\u009b', '\u0007', '\n', '\u061c', '\u200b', '\u202e', '\u2066', '\ufeff', 'ä'),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
});

describe('foreign text', () => {
  it('has nothing in it for a terminal, once it is printable, and stays so', () => {
    fc.assert(
      fc.property(steering, (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(RAW);
        expect(printable(shown, Number.POSITIVE_INFINITY)).toBe(shown);
      }),
    );
    expect(printable('a\u061cb\u200bc\u001b[2J')).toBe('a\\u061cb\\u200bc\\x1b[2J');
  });

  it('means the same in printable JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(steering, steering), (value) => {
        const json = printableJson(JSON.stringify(value, null, 2));
        expect(json.replaceAll('\n', '')).not.toMatch(RAW);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    ['two\r\nlines\tand a column', false],
    ['שלום\u200f, 温度', false],
    ['\u001b[2J', true],
    ['\u009b', true],
    ['\u202eERUS', true],
    ['\u2066', true],
  ])('%j misleads: %s', (text, is) => expect(misleads(text)).toBe(is));
});
