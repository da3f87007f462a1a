import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchTemplate, parseTemplate, plainNumber, renderTemplate } from '../../devices/lines/template.js';
import { understand } from '../../devices/lines/words.js';

describe('write templates', () => {
  it.each([
    ['PUMP {value:on|off}', 'boolean', [], true, 'PUMP on'],
    ['PUMP {value:on|off}', 'boolean', [], false, 'PUMP off'],
    ['PUMP {value}', 'boolean', [], true, 'PUMP 1'],
    ['L{value};', 'number', [], 12.5, 'L12.5;'],
    ['L{value}', 'number', [], 1e-7, 'L0.0000001'],
    ['L{value}', 'number', [], -1e21, 'L-1000000000000000000000'],
    ['FAN {value}', 'enum', ['low', 'high'], 'high', 'FAN high'],
    ['FAN {value:0|9}', 'enum', ['low', 'high'], 'high', 'FAN 9'],
    ['{{"pump":{value:true|false}}}', 'boolean', [], true, '{"pump":true}'],
    ['SAY {value}', 'string', [], 'hello you', 'SAY hello you'],
  ] as const)('%s', (source, type, options, value, line) => {
    const template = parseTemplate(source, type, options);
    expect(renderTemplate(template, value)).toBe(line);
    const raw = matchTemplate(template, line);
    expect(understand({ type, options }, raw ?? null)).toBe(value);
  });

  it.each([
    ['PUMP', 'boolean', /where the value goes/],
    ['PUMP {on}', 'boolean', /`\{on\}` means nothing/],
    ['PUMP {value', 'boolean', /`\{` means nothing/],
    ['{value}{value}', 'number', /twice/],
    ['{value:a|b|c}', 'boolean', /3 words for 2 values/],
    ['{value:on|ON}', 'boolean', /must differ/],
    ['{value:on|}', 'boolean', /none may be empty/],
    ['{value:a|b}', 'number', /without words/],
  ] as const)('refuses %s', (source, type, message) => {
    expect(() => parseTemplate(source, type)).toThrow(message);
  });

  it('writes every finite number without an exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(plainNumber(x)).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(plainNumber(x))).toBeCloseTo(x, 15);
      }),
    );
  });
});
