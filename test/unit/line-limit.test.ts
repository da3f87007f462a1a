import { finished } from 'node:stream/promises';
import { ReadlineParser } from '@serialport/parser-readline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineLimit } from '../../src/port/line-limit.js';
import { eventually } from '../support/eventually.js';

/** The plain way: whole input in hand, each line cut to `max`, of the unfinished one nothing. */
function reference(bytes: Uint8Array, max: number): string[] {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const rest = lines.pop() ?? '';
  return [...lines.map((line) => line.slice(0, max)), ...(rest.length > max ? [rest.slice(0, max)] : [])];
}

async function limited(chunks: Iterable<Uint8Array>, max: number): Promise<Buffer> {
  const limit = new LineLimit(max);
  const out: Buffer[] = [];
  limit.on('data', (chunk: Buffer) => out.push(chunk));
  for (const chunk of chunks) limit.write(chunk);
  limit.end();
  await finished(limit);
  return Buffer.concat(out);
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
  it('gives the lines of the plain way, however the bytes are cut up', async () => {
    await fc.assert(
      fc.asyncProperty(stream, sizes, fc.integer({ min: 1, max: 20 }), async (bytes, cuts, max) => {
        const text = (await limited(cutAt(bytes, cuts), max)).toString('latin1');
        const lines = text.split('\n');
        const rest = lines.pop() ?? '';
        expect(lines).toEqual(reference(bytes, max));
        expect(rest.length).toBeLessThanOrEqual(max);
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing where every line is short enough', async () => {
    await fc.assert(
      fc.asyncProperty(stream, sizes, async (bytes, cuts) => {
        expect(await limited(cutAt(bytes, cuts), 400)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('hands on each chunk as it is, without copying', async () => {
    const limit = new LineLimit(100);
    const chunk = Buffer.from('a\nb\nc');
    limit.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
    expect(limit.read()).toBe(chunk);
  });

  it('passes 64 MiB without a newline in linear time and constant memory', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const limit = new LineLimit(1026);
    const parser = limit.pipe(new ReadlineParser({ encoding: 'latin1' }));
    const lines: string[] = [];
    parser.on('data', (line: string) => lines.push(line));
    const flood = async (mebibytes: number) => {
      const before = performance.now();
      for (let i = 0; i < mebibytes * 16; i++) {
        if (!limit.write(chunk)) await new Promise((resolve) => limit.once('drain', resolve));
      }
      return performance.now() - before;
    };
    await flood(16);
    const memory = process.memoryUsage();
    const before = memory.external + memory.arrayBuffers + memory.heapUsed;
    const ms = await flood(64);
    const after = process.memoryUsage();
    // Garbage of the loop included; the flood itself is 64 MiB, and doubled where somebody keeps it.
    expect(after.external + after.arrayBuffers + after.heapUsed - before).toBeLessThan(8 * 1024 * 1024);
    expect(ms).toBeLessThan(2000);
    expect(lines.map((line) => line.length)).toEqual([1026]);
    limit.write('\nok\n');
    await eventually(() => lines.at(-1)).toBe('ok');
  });

  it('keeps ReadlineParser bounded, which alone holds everything', () => {
    const alone = new ReadlineParser();
    const behind = new ReadlineParser();
    new LineLimit(100).on('data', (chunk) => behind.write(chunk)).write(Buffer.alloc(4 * 1024 * 1024, 'x'));
    alone.write(Buffer.alloc(4 * 1024 * 1024, 'x'));
    expect(alone.buffer.length).toBe(4 * 1024 * 1024);
    expect(behind.buffer.length).toBeLessThanOrEqual(100);
  });
});
