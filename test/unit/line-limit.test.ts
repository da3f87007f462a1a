import { ReadlineParser } from '@serialport/parser-readline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineLimit } from '../../src/port/line-limit.js';

/** The plain way: whole input in hand, each line cut to `max`, of the unfinished one nothing. */
function reference(bytes: Uint8Array, max: number): string[] {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const rest = lines.pop() ?? '';
  return [...lines.map((line) => line.slice(0, max)), ...(rest.length > max ? [rest.slice(0, max)] : [])];
}

function limited(chunks: Iterable<Uint8Array>, max: number): Buffer {
  const limit = new LineLimit(max);
  return Buffer.concat([...chunks].map((bytes) => kept(limit, bytes)));
}

function kept(limit: LineLimit, bytes: Uint8Array): Buffer {
  const chunk = Buffer.from(bytes);
  return chunk.subarray(0, limit.keep(chunk));
}

function* cutAt(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) return;
    yield bytes.subarray(at, at + size);
    at += size;
  }
  if (at < bytes.length) yield bytes.subarray(at);
}

/** Bytes with a newline here and there, so that lines around the limit are common. */
const stream = fc
  .array(
    fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 255 }) }, { weight: 2, arbitrary: fc.constant(10) }),
    {
      maxLength: 400,
    },
  )
  .map((bytes) => Uint8Array.from(bytes));
const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });

describe('LineLimit', () => {
  it('gives the lines of the plain way, however the bytes are cut up', () => {
    fc.assert(
      fc.property(stream, sizes, fc.integer({ min: 1, max: 20 }), (bytes, cuts, max) => {
        const text = limited(cutAt(bytes, cuts), max).toString('latin1');
        const lines = text.split('\n');
        const rest = lines.pop() ?? '';
        expect(lines).toEqual(reference(bytes, max));
        expect(rest.length).toBeLessThanOrEqual(max);
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing where every line is short enough', () => {
    fc.assert(
      fc.property(stream, sizes, (bytes, cuts) => {
        expect(limited(cutAt(bytes, cuts), 400)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('passes 64 MiB without a newline in linear time and constant memory', () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const limit = new LineLimit(1026);
    expect(limit.keep(chunk)).toBe(1027);
    const before = performance.now();
    let passed = 0;
    for (let i = 0; i < 64 * 16; i++) passed += limit.keep(chunk.fill('x'));
    expect(performance.now() - before).toBeLessThan(2000);
    expect(passed).toBe(0);
    expect(kept(limit, Buffer.from('\nok\n')).toString()).toBe('ok\n');
  });

  it('keeps ReadlineParser bounded, which alone holds everything', () => {
    const alone = new ReadlineParser();
    const behind = new ReadlineParser();
    behind.write(kept(new LineLimit(100), Buffer.alloc(4 * 1024 * 1024, 'x')));
    alone.write(Buffer.alloc(4 * 1024 * 1024, 'x'));
    expect(alone.buffer.length).toBe(4 * 1024 * 1024);
    expect(behind.buffer.length).toBeLessThanOrEqual(100);
  });
});
