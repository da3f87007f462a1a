import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { crc32, hex8 } from '../../firmware-protocol/checksum.js';
import { decodeBoardLine, decodeHostLine } from '../../firmware-protocol/decode.js';
import { encodeBoardLine, encodeHostLine } from '../../firmware-protocol/encode.js';
import { RESERVED_IDS, STOP_LINE } from '../../firmware-protocol/limits.js';
import type { BoardMessage, HostMessage } from '../../firmware-protocol/message.js';
import { decodePoint, fingerprint } from '../../firmware-protocol/point.js';
import { RESERVED_IDS as POINT_RESERVED_IDS } from '../../src/device/point.js';

interface Direction<Message> {
  readonly valid: readonly { readonly line: string; readonly seq: number; readonly message: Message }[];
  readonly invalid: readonly { readonly line: string; readonly error: string; readonly why: string }[];
}

interface Vectors {
  readonly crc32: readonly { readonly text: string; readonly crc: string }[];
  readonly manifest: { readonly fingerprint: string; readonly lines: readonly string[] };
  readonly host: Direction<HostMessage>;
  readonly board: Direction<BoardMessage>;
}

const folder = new URL('../../firmware-protocol/', import.meta.url);
const vectors = JSON.parse(readFileSync(new URL('vectors.json', folder), 'utf8')) as Vectors;

describe('the golden vectors', () => {
  it.each(vectors.crc32)('crc of "$text"', ({ text, crc }) => {
    expect(hex8(crc32(text))).toBe(crc);
  });

  it.each(vectors.host.valid)('host: $line', ({ line, seq, message }) => {
    expect(decodeHostLine(line)).toEqual({ seq, message });
    expect(encodeHostLine(seq, message)).toBe(line);
  });

  it.each(vectors.board.valid)('board: $line', ({ line, seq, message }) => {
    expect(decodeBoardLine(line)).toEqual({ seq, message });
    // Another version's fields are read past, and a board may write needless zeros.
    if (!line.includes('anything else')) expect(encodeBoardLine(seq, message)).toBe(line);
  });

  it.each(vectors.host.invalid)('host, $why: $error', ({ line, error }) => {
    expect(decodeHostLine(line)).toEqual({ error });
  });

  it.each(vectors.board.invalid)('board, $why: $error', ({ line, error }) => {
    expect(decodeBoardLine(line)).toEqual({ error });
  });

  it('has the fingerprint of its manifest', () => {
    const points = vectors.manifest.lines.map(decodePoint);
    expect(fingerprint(points.filter((point) => point !== undefined))).toBe(vectors.manifest.fingerprint);
  });

  it('share their limits with the bridge', () => {
    expect(RESERVED_IDS).toEqual(POINT_RESERVED_IDS);
    expect(encodeHostLine(255, { verb: 'stop', cid: 65_535 }).length + 1).toBe(STOP_LINE);
  });

  it('covers every verb of both directions', () => {
    const verbs = (direction: Direction<{ verb: string }>) =>
      new Set(direction.valid.map(({ message }) => message.verb));
    expect([...verbs(vectors.host)].sort()).toEqual(
      ['alive', 'describe', 'hello', 'limit', 'pulse', 'reading', 'set', 'stop'].sort(),
    );
    expect([...verbs(vectors.board)].sort()).toEqual(
      ['ack', 'alive', 'describe', 'event', 'hello', 'log', 'nak', 'reading'].sort(),
    );
  });
});

describe('the protocol’s README', () => {
  const readme = readFileSync(new URL('README.md', folder), 'utf8');
  const lines = [...readme.matchAll(/^(→|←) (\d.*\*[0-9A-F]{8})$/gm)];

  it('shows lines that are right', () => {
    expect(lines.length).toBeGreaterThan(15);
    for (const [, direction, line = ''] of lines) {
      const { error } = direction === '→' ? decodeHostLine(line) : decodeBoardLine(line);
      expect(`${line} ${error ?? ''}`).toBe(`${line} `);
    }
  });

  it('shows every verb', () => {
    const shown = new Set(lines.map(([, direction, line = '']) => `${direction} ${line.split(/[ *]/)[1]}`));
    for (const { line } of vectors.host.valid) expect(shown).toContain(`→ ${line.split(/[ *]/)[1]}`);
    for (const { line } of vectors.board.valid) expect(shown).toContain(`← ${line.split(/[ *]/)[1]}`);
  });
});
