import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOneLine, lineSample, lineText } from '../../src/port/line-text.js';

const raw = (text: string) => Buffer.from(text).toString('latin1');

describe('lineText', () => {
  it.each([
    ['temp=21.5', 'temp=21.5'],
    ['ok\r', 'ok'],
    ['a\tb', 'a\tb'],
    ['', ''],
    ['\r', ''],
    [raw('21 °C, 5 µW, 温度'), '21 °C, 5 µW, 温度'],
    ['\x1b[0;32mI (312) boot: ok\x1b[0m', 'I (312) boot: ok'],
    [raw('\x1b[1mé\x1b[0m\r'), 'é'],
  ])('%j is %j', (line, text) => expect(lineText(line)).toBe(text));

  it.each([['\xff\xfeA'], ['21 \xb0C'], ['a\0b'], ['a\rb'], ['a\r\r'], ['\x7f'], [raw('\u0085')], ['a\x1bb\x01']])(
    '%j is garbage',
    (line) => expect(lineText(line)).toBeUndefined(),
  );

  it('never lets a control character through, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const text = lineText(Buffer.from(bytes).toString('latin1'));
        if (text !== undefined) expect(isOneLine(text)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads back every line that may be written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        fc.pre(isOneLine(text));
        expect(lineText(raw(text))).toBe(text);
      }),
    );
  });
});

describe('lineSample', () => {
  it('shows bytes that are no text, in at most 80 characters', () => {
    expect(lineSample('\xff\xfeA\x00')).toBe('\\xff\\xfeA\\x00');
    expect(lineSample('\xff'.repeat(1000))).toHaveLength(80);
  });
});
