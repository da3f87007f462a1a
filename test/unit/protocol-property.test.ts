import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBoardLine, decodeHostLine } from '../../firmware-protocol/decode.js';
import { encodeBoardLine, encodeHostLine } from '../../firmware-protocol/encode.js';
import { RESERVED_IDS } from '../../firmware-protocol/limits.js';
import type { BoardMessage, HostMessage, PointDescription } from '../../firmware-protocol/message.js';
import { encodePoint } from '../../firmware-protocol/point.js';
import { decodeText, encodeText } from '../../firmware-protocol/text.js';
import { decodeNumber, decodeValue, encodeNumber, encodeValue } from '../../firmware-protocol/value.js';

const RUNS = { numRuns: 2_000 };
const seq = fc.integer({ min: 0, max: 255 });
const counter = fc.integer({ min: 0, max: 65_535 });
const integer = fc.integer({ min: 0, max: 999_999_999 });
const positive = fc.integer({ min: 1, max: 999_999_999 });
const index = fc.integer({ min: 0, max: 63 });
const id = fc.stringMatching(/^[a-z][a-z0-9_]{0,15}$/).filter((text) => !RESERVED_IDS.has(text));
const number = fc.oneof(
  fc.integer({ min: -999_999_999, max: 999_999_999 }),
  fc.integer({ min: -99_999, max: 99_999 }).map((n) => n / 100),
);
const shortText = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => encodeText(text).length <= 16);
const field = fc.oneof(number.map(encodeNumber), fc.constantFrom('0', '1', '?', '-'), shortText.map(encodeText));

const hostMessage: fc.Arbitrary<HostMessage> = fc.oneof(
  fc.record({ verb: fc.constant('hello' as const), nonce: positive }),
  fc.record({ verb: fc.constant('describe' as const), index }),
  fc.record({ verb: fc.constantFrom('reading' as const, 'alive' as const) }),
  fc.record({ verb: fc.constant('set' as const), cid: counter, point: id, value: field }),
  fc.record({
    verb: fc.constant('pulse' as const),
    cid: counter,
    point: id,
    value: fc.constantFrom('0', '1'),
    ms: fc.integer({ min: 1, max: 60_000 }),
  }),
  fc.record({ verb: fc.constant('stop' as const), cid: counter }),
  fc.record({
    verb: fc.constant('limit' as const),
    cid: counter,
    point: id,
    maxOn: fc.integer({ min: 0, max: 999_999 }),
    minOff: fc.integer({ min: 0, max: 99_999 }),
    group: fc.integer({ min: 0, max: 255 }),
  }),
);

const plain = { label: shortText, unit: shortText, lease: fc.constant(0), options: fc.constant([]) };
const lease = fc.oneof(fc.constant(0), fc.integer({ min: 2_500, max: 3_600_000 }));
const point: fc.Arbitrary<PointDescription> = fc.oneof(
  fc.record({ ...plain, id, role: fc.constant('event' as const) }),
  fc.record({
    ...plain,
    id,
    role: fc.constant('sensor' as const),
    type: fc.constantFrom('boolean' as const, 'text' as const),
  }),
  fc.record({ ...plain, id, role: fc.constant('sensor' as const), type: fc.constant('number' as const), min: number }),
  fc.record({
    ...plain,
    id,
    role: fc.constant('actuator' as const),
    type: fc.constant('number' as const),
    min: fc.constant(0),
    max: fc.constant(100),
    step: fc.constantFrom(0.5, 5),
    safe: fc.integer({ min: 0, max: 100 }),
    lease,
  }),
  fc.record({
    ...plain,
    id,
    role: fc.constant('actuator' as const),
    type: fc.constant('enum' as const),
    options: fc.uniqueArray(shortText, { minLength: 2, maxLength: 4 }),
  }),
);

const boardMessage: fc.Arbitrary<BoardMessage> = fc.oneof(
  fc.record({
    verb: fc.constant('hello' as const),
    nonce: integer,
    protocol: fc.constant(1),
    board: fc.record({
      boot: positive,
      points: fc.integer({ min: 1, max: 64 }),
      fingerprint: fc.stringMatching(/^[0-9A-F]{8}$/),
      buffer: fc.integer({ min: 60, max: 65_535 }),
      id,
      firmware: shortText,
      name: shortText,
    }),
  }),
  fc.record({ verb: fc.constant('hello' as const), nonce: integer, protocol: fc.integer({ min: 2, max: 255 }) }),
  fc.record({ verb: fc.constant('describe' as const), index, point }),
  fc.record({
    verb: fc.constant('reading' as const),
    values: fc.uniqueArray(fc.record({ point: id, value: field }), {
      minLength: 1,
      maxLength: 5,
      selector: (reading) => reading.point,
    }),
  }),
  fc.record({ verb: fc.constant('event' as const), point: id, count: counter, event: id }),
  fc.record({ verb: fc.constant('ack' as const), cid: counter, value: field, moving: fc.boolean() }),
  fc.record({
    verb: fc.constant('nak' as const),
    cid: counter,
    code: fc.constantFrom('range' as const, 'unknown' as const, 'busy' as const, 'locked' as const),
  }),
  fc.record({ verb: fc.constant('alive' as const), dropped: counter }),
  fc.record({
    verb: fc.constant('log' as const),
    level: fc.constantFrom('debug' as const, 'info' as const, 'warn' as const, 'error' as const),
    text: fc.string({ unit: 'grapheme', maxLength: 12 }),
  }),
);

/** The line of a message that fits one. */
const hostLine = fc.tuple(seq, hostMessage).chain(([n, message]) => lineOr(() => encodeHostLine(n, message)));
const boardLine = fc.tuple(seq, boardMessage).chain(([n, message]) => lineOr(() => encodeBoardLine(n, message)));
const line = fc.oneof(hostLine, boardLine);

function lineOr(encode: () => string): fc.Arbitrary<string> {
  try {
    return fc.constant(encode());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fc.constant(encodeHostLine(1, { verb: 'alive' }));
  }
}

/** Never throws, and never takes a line for right that is not one of `right`. */
function refuses(damaged: string, ...right: readonly string[]): void {
  if (right.includes(damaged)) return;
  expect(decodeHostLine(damaged).error).toBeDefined();
  expect(decodeBoardLine(damaged).error).toBeDefined();
}

const cut = (text: string, at: number) => at % (text.length + 1);

describe('messages', () => {
  it('survive the way to the board', () => {
    fc.assert(
      fc.property(seq, hostMessage, (n, message) => {
        const text = attempt(() => encodeHostLine(n, message));
        if (text === undefined) return;
        expect(text.length).toBeLessThan(60);
        expect(decodeHostLine(text)).toEqual({ seq: n, message });
        expect(decodeBoardLine(text).error).toBeDefined();
      }),
      RUNS,
    );
  });

  it('survive the way from the board', () => {
    fc.assert(
      fc.property(seq, boardMessage, (n, message) => {
        const text = attempt(() => encodeBoardLine(n, message));
        if (text === undefined) return;
        expect(text.length).toBeLessThan(200);
        expect(decodeBoardLine(text)).toEqual({ seq: n, message });
        expect(decodeHostLine(text).error).toBeDefined();
      }),
      RUNS,
    );
  });

  it('of usual size always fit', () => {
    const fits = fc.record({
      verb: fc.constant('set' as const),
      cid: counter,
      point: id,
      value: number.map(encodeNumber),
    });
    fc.assert(fc.property(seq, fits, (n, message) => encodeHostLine(n, message).length < 60));
    fc.assert(
      fc.property(
        seq,
        index,
        point,
        (n, i, p) => encodeBoardLine(n, { verb: 'describe', index: i, point: p }).length < 200,
      ),
    );
  });

  it('that can not be said are refused, not bent', () => {
    for (const value of ['1 2', '1*', 'ä', '', 'x'.repeat(40), '1\n2 set 0 pump 1']) {
      expect(() => encodeHostLine(1, { verb: 'set', cid: 0, point: 'pump', value })).toThrow(RangeError);
    }
    expect(() => encodeHostLine(256, { verb: 'alive' })).toThrow(RangeError);
    expect(() => encodeHostLine(1, { verb: 'set', cid: 0, point: '__proto__', value: '1' })).toThrow(RangeError);
    expect(() => encodeBoardLine(1, { verb: 'reading', values: [] })).toThrow(RangeError);
  });
});

describe('damaged lines', () => {
  it('with bits flipped', () => {
    const flips = fc.array(fc.nat(), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(line, flips, (text, bits) => {
        const chars = [...text].map((char) => char.charCodeAt(0));
        for (const bit of bits) {
          const at = (bit >> 3) % chars.length;
          chars[at] = (chars[at] ?? 0) ^ (1 << (bit & 7));
        }
        refuses(String.fromCharCode(...chars), text);
      }),
      { numRuns: 10_000 },
    );
  });

  it('with every single bit and every pair of neighbours flipped', () => {
    const text = encodeHostLine(17, { verb: 'set', cid: 12, point: 'pump', value: '1' });
    for (let bit = 0; bit < 8 * text.length; bit++) {
      for (const mask of [1, 3]) {
        const chars = [...text].map((char) => char.charCodeAt(0));
        chars[bit >> 3] = (chars[bit >> 3] ?? 0) ^ ((mask << (bit & 7)) & 255);
        refuses(String.fromCharCode(...chars), text);
      }
    }
  });

  it('cut, spliced, doubled, with characters put in or of another case', () => {
    const noise = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(line, line, fc.nat(), fc.nat(), noise, (one, two, a, b, extra) => {
        refuses(one.slice(0, cut(one, a)), one);
        refuses(one.slice(cut(one, a)), one);
        refuses(one.slice(0, cut(one, a)) + two.slice(cut(two, b)), one, two);
        refuses(one + two);
        refuses(one.slice(0, cut(one, a)) + extra + one.slice(cut(one, a)), one);
        refuses(one.toUpperCase(), one);
        refuses(one.toLowerCase(), one);
        const at = cut(one, a);
        refuses(one.slice(0, at) + (one[at] ?? '').toUpperCase() + one.slice(at + 1), one);
      }),
      RUNS,
    );
  });

  it('that are no lines at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        refuses(text);
      }),
      RUNS,
    );
  });
});

describe('values', () => {
  it('come back as they went', () => {
    const shape = { type: 'number', options: [] } as const;
    fc.assert(fc.property(number, (n) => decodeValue(shape, encodeValue(shape, n)) === n + 0));
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => decodeText(encodeText(text)) === text));
    const mode = { type: 'enum', options: ['off', 'on', '-', ''] } as const;
    for (const word of mode.options) expect(decodeValue(mode, encodeValue(mode, word))).toBe(word);
    const lamp = { type: 'boolean', options: [] } as const;
    expect([true, false].map((value) => decodeValue(lamp, encodeValue(lamp, value)))).toEqual([true, false]);
  });

  it('are rounded to nine digits', () => {
    fc.assert(
      fc.property(fc.double({ min: -999_999_999, max: 999_999_999, noNaN: true }), (value) => {
        const back = decodeNumber(encodeNumber(value)) ?? Number.NaN;
        const digits = Math.max(1, Math.trunc(Math.abs(value)).toString().length);
        expect(Math.abs(back - value)).toBeLessThanOrEqual(0.500001 * 10 ** (digits - 9));
      }),
    );
    expect(encodeNumber(-0)).toBe('0');
    expect(encodeNumber(1e-12)).toBe('0');
    expect(encodeNumber(-1e-12)).toBe('0');
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e9, -1e300, 999_999_999.9]) {
      expect(() => encodeNumber(value)).toThrow(RangeError);
    }
  });

  it('that do not fit are undefined, and unknown is null', () => {
    const number = { type: 'number', options: [] } as const;
    for (const text of ['1e3', '0x10', '.5', '5.', '--1', '+1', '01', 'nan', '', '1234567890', '1,5', ' 1', '-']) {
      expect(decodeValue(number, text)).toBeUndefined();
    }
    expect(decodeValue(number, '?')).toBeNull();
    expect(decodeValue(number, '-0.0')).toBe(0);
    const mode = { type: 'enum', options: ['off', 'on'] } as const;
    for (const text of ['2', 'off', '-1', '01', 'length']) expect(decodeValue(mode, text)).toBeUndefined();
    expect(decodeValue({ type: 'boolean', options: [] }, 'true')).toBeUndefined();
    expect(() => encodeValue(mode, 'other')).toThrow(RangeError);
    expect(() => encodeValue({ type: 'boolean', options: [] }, 1)).toThrow(RangeError);
  });

  it('of a point have one spelling', () => {
    const spec: PointDescription = {
      id: 'p',
      role: 'sensor',
      type: 'number',
      label: '?',
      unit: '-',
      lease: 0,
      options: [],
    };
    expect(encodePoint(spec)).toBe('p sensor number %3F %2D - - - - 0');
  });
});

function attempt(encode: () => string): string | undefined {
  try {
    return encode();
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return undefined;
  }
}
