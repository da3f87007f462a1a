import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { misleads, printable, printableJson } from '../../src/text.js';

/** What changes a terminal, or in which direction it writes, or what cannot be seen. */
const RAW =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u00ad\u{e0000}-\u{e0fff}]/u;

const steering = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u001b', '\u009b', '\u0007', '\n', '\u061c', '\u200b', '\u202e', '\u2066', '\ufeff', 'ä'),
    fc.constantFrom(
      '\u00ad',
      '\u034f',
      '\u200c',
      '\u200d',
      '\u2060',
      '\ufe0f',
      '\u{e0041}',
      '\ud800',
      '👩',
      '❤',
      'م',
      'a',
    ),
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

  it.each([
    'anna\u2060',
    'an\u00adna',
    'anna\u200c',
    'anna\u200d',
    'anna\ufe0f',
    'änna\u034f',
    'anna\u3164',
    'anna\u{e0041}',
    'anna\u180e',
  ])('%j shows that it is not the name that it looks like', (name) => {
    expect(printable(name)).toMatch(/^[aän]+\\(x|u)[\w\\]+$/);
    expect(JSON.parse(printableJson(JSON.stringify(name)))).toBe(name);
  });

  it.each(['👩\u200d🚀 berta', '❤\ufe0f\u200d🔥', 'می\u200cخواهم', '温度 °C', 'क्\u200dष', 'Größe'])(
    '%j is left as it is',
    (text) => {
      expect(printable(text)).toBe(text);
      expect(printableJson(JSON.stringify(text))).toBe(JSON.stringify(text));
    },
  );

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
