import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/device/point.js';
import { BridgeError } from '../../src/error.js';
import { parseExpression } from '../../src/state/expression.js';

const NOW: { readonly [name: string]: Value | null } = {
  'shed.temp': 21.5,
  'shed.hum': 48,
  'shed.zero': 0,
  'shed.pump': true,
  'yard.gate': 'open',
  'yard.gone': null,
};

const evaluate = (text: string, now = NOW) =>
  parseExpression(text).evaluate((device, point) => now[`${device}.${point}`] ?? null);

function problemOf(text: string): string {
  try {
    parseExpression(text);
  } catch (error) {
    if (error instanceof BridgeError && error.code === 'expression/invalid') return error.message;
    throw error;
  }
  return 'none';
}

it.each<[string, Value | null]>([
  ['shed.temp * 1.8 + 32', 70.7],
  ['-(shed.temp - 20) % 1', -0.5],
  ['(shed.temp + shed.hum) / 2', 34.75],
  ['shed.temp > 20 && !(shed.hum >= 50)', true],
  ['shed.temp < 20 || shed.pump', true],
  ['yard.gate == "open" ? shed.temp : 0', 21.5],
  ['yard.gate != "open"', false],
  ['round(shed.temp / 3, 2)', 7.17],
  ['max(shed.temp, shed.hum, 50) + min(1, 2) + pow(2, 3)', 59],
  ['shed.temp / shed.zero', null],
  ['ln(shed.zero)', null],
  ['shed.temp + shed.pump', null],
  ['shed.pump ? yard.gate : "shut"', 'open'],
  ['yard.gate == 5', null],
  ['shed.temp + yard.gone', null],
  ['shed.pump || yard.gone == 1', null],
  ['shed.pump ? shed.temp : yard.gone', null],
])('%s is %s', (text, value) => {
  expect(evaluate(text)).toBe(value);
});

describe('a formula', () => {
  it('names each of its points once, and knows its type where that does not depend on them', () => {
    const { inputs, type } = parseExpression('shed.temp * shed.temp + yard.a');
    expect(inputs).toEqual([
      { device: 'shed', point: 'temp' },
      { device: 'yard', point: 'a' },
    ]);
    expect(type).toBe('number');
    expect(parseExpression('a.b > 3').type).toBe('boolean');
    expect(parseExpression('a.b').type).toBeUndefined();
    expect(parseExpression('a.b ? 1 : c.d').type).toBe('number');
  });

  it('calculates as arithmetic does', () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        const now = { 's.a': a, 's.b': b, 's.c': c };
        const wanted = a + b * c - (a - b) * c;
        expect(evaluate('s.a + s.b * s.c - (s.a - s.b) * s.c', now)).toBe(wanted);
        expect(evaluate('s.a < s.b ? s.b : s.a', now)).toBe(Math.max(a, b));
        expect(evaluate('s.a == s.b || s.a > s.b', now)).toBe(a >= b);
        expect(evaluate('s.a / s.b', now)).toBe(b === 0 ? null : a / b);
      }),
    );
  });

  it('is unknown as soon as one of its points is', () => {
    const formulas = ['s.a + s.b', 's.a > 0 ? s.a : s.b', 's.a == 1 || s.b == 1', 'max(s.a, s.b)', '-s.a * s.b'];
    fc.assert(
      fc.property(fc.constantFrom(...formulas), fc.integer(), fc.boolean(), (text, value, first) => {
        expect(evaluate(text, first ? { 's.a': null, 's.b': value } : { 's.a': value, 's.b': null })).toBeNull();
      }),
    );
  });

  it.each([
    ['shed.temp +', 'expected expression after + at character 11'],
    ['temp * 2', '`temp` means nothing here'],
    ['shed.temp.raw', 'only points can be named'],
    ['shed["temp"]', 'only points can be named'],
    ['shed?.temp', 'only points can be named'],
    ['this.temp', 'only points can be named'],
    ['shed.temp ** 2', 'there is no operator `**`'],
    ['shed.temp ^ 2', 'there is no operator `^`'],
    ['shed.temp === 2', 'there is no operator `===`'],
    ['~shed.temp', 'there is no operator `~`'],
    ['[shed.temp]', 'this is no formula'],
    ['shed.a; shed.b', 'this is no formula'],
    ['', 'this is no formula'],
    ['null', '`null` means nothing here'],
    ['eval("1")', 'there is no function `eval`'],
    ['shed.temp(1)', 'only functions can be called'],
    ['constructor(1)', 'there is no function `constructor`'],
    ['sqrt(1, 2)', '`sqrt` takes 1 number, not 2'],
    ['max(1)', '`max` takes 2 to 16 numbers, not 1'],
    ['1 + (shed.a > 2)', '`+` wants a number, this is a boolean'],
    ['!5', '`!` wants a boolean, this is a number'],
    ['"a" == 5', '`==` wants a string, this is a number'],
    ['shed.a ? 1 : "no"', '`?` makes a number or a string'],
  ])('%s is refused', (text, message) => {
    expect(problemOf(text)).toBe(message);
  });

  it('of any text is refused or makes a value, and throws nothing else', () => {
    const words = fc.constantFrom(
      'shed.temp',
      'a.b',
      '__proto__',
      'constructor',
      'this',
      '(',
      ')',
      '[',
      '+',
      '-',
      '*',
      '?',
      ':',
      '.',
      '"',
      '1',
      'max',
      ',',
      '==',
      '!',
      ';',
      ' ',
      '=>',
      '`',
      '${',
      '\\',
      'true',
    );
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(words, { maxLength: 20 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (source) => {
        if (problemOf(source) !== 'none') return;
        const value = evaluate(source);
        expect(value === null || ['number', 'boolean', 'string'].includes(typeof value)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
