import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Entry, partSize, shrink, split } from '../../src/frame/size.js';
import { asciiSize } from '../../src/mesh/json.js';

/** What a relay makes of a payload: separators with spaces, all but printable ASCII escaped. */
function relayed(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(relayed).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, item]) => `${relayed(key)}: ${relayed(item)}`);
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

test('sizes are never too small, and nearly exact', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }), (value) => {
      const exact = relayed(value).length;
      const size = asciiSize(value);
      expect(size).toBeGreaterThanOrEqual(exact);
      expect(size).toBeLessThanOrEqual(exact * 2 + 2);
    }),
  );
});

test('text counts as the relay escapes it', () => {
  expect(asciiSize('abc')).toBe(5);
  expect(asciiSize('é')).toBe(8);
  expect(asciiSize('🙂')).toBe(14);
  expect(asciiSize('"\\\n')).toBe(8);
  expect(asciiSize('\u0001\u007f')).toBe(14);
});

const entries = fc.array(
  fc.record({
    device: fc.constantFrom('a', 'greenhouse', 'yard'),
    point: fc.stringMatching(/^[a-z][a-z0-9_]{0,15}$/),
    value: fc.oneof(fc.double({ noNaN: true }), fc.string({ unit: 'binary', maxLength: 20 }), fc.constant(null)),
  }),
  { maxLength: 200 },
);

test('parts hold every entry once, in order, and none is too large', () => {
  fc.assert(
    fc.property(entries, fc.integer({ min: 200, max: 2_000 }), (given, room) => {
      const parts = split(given, room, () => expect.unreachable());
      expect(parts.flat()).toEqual(given);
      for (const part of parts) {
        expect(part.length).toBeGreaterThan(0);
        expect(partSize(part)).toBeLessThanOrEqual(room);
        expect(relayed(nested(part)).length).toBeLessThanOrEqual(room + 2);
      }
      const merged = parts.slice(1).map((part, i) => partSize([...(parts[i] ?? []), ...part.slice(0, 1)]));
      for (const size of merged) expect(size).toBeGreaterThan(room);
    }),
  );
});

test('a value that fits into no frame becomes null and is named', () => {
  const named: Entry[] = [];
  const large = { device: 'a', point: 'text', value: '€'.repeat(1_000) };
  const parts = split([{ device: 'a', point: 't', value: 1 }, large], 500, (entry) => named.push(entry));
  expect(parts.flat()).toEqual([
    { device: 'a', point: 't', value: 1 },
    { ...large, value: null },
  ]);
  expect(named).toEqual([large]);
});

test('a payload loses its largest members until it fits', () => {
  const payload = { ok: true, cmd_id: 'c1', message: 'x'.repeat(300), value: 'y'.repeat(400) };
  expect(shrink(payload, 2_000)).toBe(payload);
  expect(shrink(payload, 400)).toEqual({ ...payload, value: null });
  expect(shrink(payload, 100)).toEqual({ ...payload, message: null, value: null });
  expect(shrink(payload, 1)).toMatchObject({ message: null, value: null });
});

function nested(part: readonly Entry[]): object {
  const all: { [device: string]: { [point: string]: unknown } } = {};
  for (const { device, point, value } of part) {
    all[device] ??= {};
    all[device][point] = value;
  }
  return all;
}
