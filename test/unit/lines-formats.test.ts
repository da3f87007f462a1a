import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  csvParser,
  type ParseLine,
  parseJson,
  parseKeyValue,
  parsePlotter,
  patternParser,
} from '../../devices/lines/formats.js';
import { Pattern } from '../../devices/lines/pattern.js';
import { renderer } from '../../devices/lines/render.js';
import { guess, readNumber, understand } from '../../devices/lines/words.js';
import type { Value } from '../../src/device/point.js';

const read = (parse: ParseLine, line: string) => {
  const values = parse(line);
  return values && Object.fromEntries(values);
};

describe('json', () => {
  it.each([
    ['{"temp":21.5,"pump":true}', { temp: 21.5, pump: true }],
    [' {"a":{"b":1,"c":[1,2]}} ', { 'a.b': 1, 'a.c.0': 1, 'a.c.1': 2 }],
    ['{"t":null,"big":1e999,"s":"on"}', { t: null, big: null, s: 'on' }],
    ['{"a":{"b":{"c":{"d":{"e":1}}}}}', undefined],
    ['{"a.b":1,"a":{"b":2}}', undefined],
    ['[1,2]', undefined],
    ['21.5', undefined],
    ['{}', undefined],
    ['{"temp":21.5', undefined],
    ['{"temp":nan,"hum":40}', { temp: null, hum: 40 }],
    [
      '{"a":NaN,"b": inf ,"c":-inf,"d":Infinity,"e":[ovf,-ovf,1]}',
      { a: null, b: null, c: null, d: null, 'e.0': null, 'e.1': null, 'e.2': 1 },
    ],
    ['{"say":"nan","n":nan}', { say: 'nan', n: null }],
    ['{nan:1}', undefined],
    ['{"t":nano}', undefined],
    ['{"t":1nan}', undefined],
    ['{"t":nan', undefined],
  ])('%s', (line, expected) => expect(read(parseJson, line)).toEqual(expected));

  it('finds no number missing inside strings, whatever else is in them', () => {
    const text = fc
      .array(fc.constantFrom('nan', '-inf', 'ovf', '"', '\\', ':', ',', ' ', '{', '}', 'é', '\n'), { maxLength: 12 })
      .map((parts) => parts.join(''));
    const member = fc.tuple(text, fc.oneof(text, fc.constantFrom('NaN', 'Infinity').map(Symbol)));
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 6 }), (members) => {
        const named = members.map(([name, value], index) => [`${index}${name}`, value] as const);
        const line = named.map(([name, value]) => {
          const said = typeof value === 'symbol' ? value.description : JSON.stringify(value);
          return `${JSON.stringify(name)}:${said}`;
        });
        const values = parseJson(`{${line.join()}}`);
        const short = named.every(([name]) => name.length <= 64);
        const meant = named.map(([name, value]) => [name, typeof value === 'symbol' ? null : value]);
        expect(values && [...values].sort()).toEqual(short ? meant.sort() : undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('gives up on a damaged line soon', () => {
    const before = performance.now();
    expect(parseJson(`{"${'\\"'.repeat(200_000)}}`)).toBeUndefined();
    expect(parseJson(`{${'"nan'.repeat(200_001)}}`)).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('takes __proto__ as a name like any other', () => {
    const values = parseJson('{"__proto__":{"polluted":1},"constructor":2}');
    expect([...(values ?? [])]).toEqual([
      ['__proto__.polluted', 1],
      ['constructor', 2],
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('keyvalue', () => {
  it.each([
    ['temp=21.5 hum=45.2 pump=on', { temp: '21.5', hum: '45.2', pump: 'on' }],
    ['temp=21.5,hum=45.2;pump=on|x=1', { temp: '21.5', hum: '45.2', pump: 'on', x: '1' }],
    ['Temp C: 21.5, Hum: 45 %', { 'Temp C': '21.5', Hum: '45 %' }],
    ['Temp C: 21.5 Hum C: 45', { 'Temp C': '21.5', 'Hum C': '45' }],
    ['temp = 21.5  hum = 45', { temp: '21.5', hum: '45' }],
    ['a : 1  C : 2', { a: '1', C: '2' }],
    ['temp:21.5\thum:45', { temp: '21.5', hum: '45' }],
    ['temp=21.5C hum=45%', { temp: '21.5C', hum: '45%' }],
    [
      'Humidity: 45.00%  Temperature: 23.00°C 73.40°F  Heat index: 22.70°C 72.86°F',
      { Humidity: '45.00%', Temperature: '23.00°C', 'Heat index': '22.70°C' },
    ],
    ['Humidity: 45.2 %\tTemperature: 23.1 *C 73.5 *F', { Humidity: '45.2 %', Temperature: '23.1 *C' }],
    ['temp= hum=45', { temp: '', hum: '45' }],
    ['temp=nan, hum=', { temp: 'nan', hum: '' }],
    ['state="door open" n=1,', { state: 'door open', n: '1' }],
    ['temp=1 temp=2', undefined],
    ['temp=21,5 hum=45,2', undefined],
    ['temp=21,5', undefined],
    ['Time: 12:30:45 temp=21', undefined],
    ['12:30 temp=21', undefined],
    ['Error: sensor not found', undefined],
    ['temp=21.5 and rising', undefined],
    ['a=b=c', undefined],
    ['hello', undefined],
    ['=5', undefined],
  ])('%s', (line, expected) => expect(read(parseKeyValue, line)).toEqual(expected));
});

describe('plotter', () => {
  it.each([
    ['temp:21.5,hum:45', { temp: 21.5, hum: 45 }],
    ['temp:21.5\thum 2:45', { temp: 21.5, 'hum 2': 45 }],
    ['a: 1 b: 2', { a: 1, b: 2 }],
    ['21.5 45', { value1: 21.5, value2: 45 }],
    ['21.5,nan,,3,', { value1: 21.5, value2: null, value3: null, value4: 3 }],
    ['7', { value1: 7 }],
    ['temp:21.5C', undefined],
    ['temp:on', undefined],
    ['12:30', undefined],
    ['a:1,a:2', undefined],
    ['0x10', undefined],
    ['hello 5', undefined],
    ['', undefined],
  ])('%s', (line, expected) => expect(read(parsePlotter, line)).toEqual(expected));
});

describe('csv', () => {
  const parse = csvParser(['temp', 'hum']);
  it.each([
    ['21.5,45', { temp: '21.5', hum: '45' }],
    ['21.5; 45', { temp: '21.5', hum: '45' }],
    ['21.5\t45', { temp: '21.5', hum: '45' }],
    ['nan,', { temp: 'nan', hum: '' }],
    ['temp,hum', undefined],
    ['Hello, world', undefined],
    ['21.5', undefined],
    ['1,2,3', undefined],
  ])('%s', (line, expected) => expect(read(parse, line)).toEqual(expected));
});

describe('regex', () => {
  const parse = patternParser(new Pattern('T=(?<temp>[-0-9.]+)(?: H=(?<hum>[0-9]+))?'));
  it.each([
    ['T=21.5 H=45', { temp: '21.5', hum: '45' }],
    ['>> T=-3', { temp: '-3' }],
    ['H=45', undefined],
  ])('%s', (line, expected) => expect(read(parse, line)).toEqual(expected));
});

describe('words', () => {
  it.each([
    ['21.5', 21.5],
    ['-.5', -0.5],
    ['1e3', 1000],
    ['+4.', 4],
    ['21.5C', 21.5],
    ['45 %', 45],
    ['1013 hPa', 1013],
    ['nan', null],
    ['-inf', null],
    ['ovf', null],
    ['', null],
    ['1e999', null],
    ['0x1F', undefined],
    ['10k', undefined],
    ['1.2.3', undefined],
    ['1,5', undefined],
    ['12:30', undefined],
    ['5e', undefined],
    ['Infinity5', undefined],
    ['--', undefined],
    ['word', undefined],
  ])('reads the number in "%s" as %s', (word, expected) => expect(readNumber(word)?.value).toBe(expected));

  it('guesses no number where it may be a hex number', () => {
    expect(guess('7A')).toEqual({ type: 'string', value: '7A' });
    expect(guess('21.5C')).toEqual({ type: 'number', value: 21.5, unit: 'C' });
    expect(guess('On')).toEqual({ type: 'boolean', value: true });
    expect(guess('nan')).toEqual({ value: null });
  });

  it('takes no text that would steer a terminal or turn words round, and knows nothing then', () => {
    const values = parseJson('{"a":"\\u001b[2J","b":"\\u202eERUS","c":"two\\nlines"}');
    const texts = [...(values?.values() ?? [])];
    expect(texts.map((raw) => understand({ type: 'string' }, raw))).toEqual([null, null, 'two\nlines']);
    expect(texts.map((raw) => guess(raw).value)).toEqual([null, null, 'two\nlines']);
  });

  it('understands the words of declared points only as far as they fit', () => {
    expect(understand({ type: 'boolean' }, '1')).toBe(true);
    expect(understand({ type: 'boolean' }, 0)).toBe(false);
    expect(understand({ type: 'boolean' }, '2')).toBeUndefined();
    expect(understand({ type: 'boolean', words: new Map([['run', true]]) }, 'RUN')).toBe(true);
    expect(understand({ type: 'number' }, true)).toBeUndefined();
    expect(understand({ type: 'number' }, 'warm')).toBeUndefined();
    expect(understand({ type: 'enum', options: ['low', 'high'] }, 'HIGH')).toBe('high');
    expect(understand({ type: 'enum', options: ['low', 'high'] }, 'mid')).toBeUndefined();
    expect(understand({ type: 'string' }, '007')).toBe('007');
    expect(understand({ type: 'string' }, '')).toBeNull();
  });
});

const PARSERS: [string, ParseLine][] = [
  ['json', parseJson],
  ['keyvalue', parseKeyValue],
  ['plotter', parsePlotter],
  ['csv', csvParser(['a', 'b'])],
  ['regex', patternParser(new Pattern('(?<a>[-0-9.]+) *(?<b>.*)'))],
];

const shape = fc.array(
  fc.constantFrom(
    'temp',
    '=',
    ':',
    ' ',
    ',',
    '\t',
    '21.5',
    'nan',
    '1e999',
    '{',
    '}',
    '"',
    '°C',
    '%',
    'on',
    '__proto__',
    '-',
    '|',
  ),
);
const anyLine = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  shape.map((parts) => parts.join('')),
);

describe.each(PARSERS)('any line as %s', (_, parse) => {
  it('neither throws nor yields a number that is none', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        for (const [, raw] of parse(line) ?? []) {
          for (const value of [raw, guess(raw).value, understand({ type: 'number' }, raw)]) {
            if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('parse(render(x)) is x', () => {
  const numbers = fc.oneof(
    fc
      .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
      .map((x) => Math.round(x * 1e6) / 1e6 + 0),
    fc.integer().map((x) => x + 0),
  );
  const values = fc.tuple(numbers, fc.option(numbers), fc.boolean());
  it.each([
    ['json' as const],
    ['keyvalue' as const],
    ['plotter' as const],
    [{ csv: ['a', 'b', 'c'] }],
    [{ regex: '^(?<a>[-0-9.]+|nan)/(?<b>[-0-9.]+|nan)/(?<c>\\w+)$' }],
  ])('%j', (format) => {
    const parse =
      typeof format === 'object'
        ? 'csv' in format
          ? csvParser(format.csv)
          : patternParser(new Pattern(format.regex))
        : { json: parseJson, keyvalue: parseKeyValue, plotter: parsePlotter }[format];
    fc.assert(
      fc.property(values, ([a, b, c]) => {
        const said = new Map<string, Value | null>([
          ['a', a],
          ['b', b],
          ['c', c],
        ]);
        const heard = parse(renderer(format)(said));
        expect(understand({ type: 'number' }, heard?.get('a') ?? null)).toBe(a);
        expect(understand({ type: 'number' }, heard?.get('b') ?? null)).toBe(b);
        expect(understand({ type: 'boolean' }, heard?.get('c') ?? null)).toBe(c);
      }),
    );
  });
});
