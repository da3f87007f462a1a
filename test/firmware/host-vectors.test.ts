import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { crc32, hex8 } from '../../firmware-protocol/checksum.js';
import { decodeBoardLine } from '../../firmware-protocol/decode.js';
import { encodeHostLine } from '../../firmware-protocol/encode.js';
import type { HostMessage } from '../../firmware-protocol/message.js';
import { encodePoint } from '../../firmware-protocol/point.js';
import { HostCore, hasCompiler } from '../support/host-core.js';
import { verdictOf } from '../support/host-verdict.js';

interface Vectors {
  readonly crc32: readonly { readonly text: string; readonly crc: string }[];
  readonly manifest: { readonly fingerprint: string; readonly lines: readonly string[] };
  readonly host: {
    readonly valid: readonly { readonly line: string; readonly message: HostMessage }[];
    readonly invalid: readonly { readonly line: string; readonly error: string; readonly why: string }[];
  };
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../firmware-protocol/vectors.json', import.meta.url), 'utf8'),
);

describe.skipIf(!hasCompiler)('the core of the Arduino library and the protocol’s vectors', () => {
  it('agree on checksums', () => {
    const core = new HostCore('manifest');
    for (const { text, crc } of vectors.crc32) expect(core.crc(text)).toBe(crc);
  });

  it('agree on what lines of the host say', () => {
    const core = new HostCore('manifest');
    for (const { line, message } of vectors.host.valid) expect(core.judge(`${line}\n`)).toEqual([verdictOf(message)]);
  });

  it('agree on which lines of the host are none', () => {
    const core = new HostCore('manifest');
    for (const { line, error, why } of vectors.host.invalid) {
      // A newline in it makes two lines of it, and one carriage return before the newline is dropped.
      if (line.endsWith('\r') || line.includes('\n')) continue;
      expect(`${why}: ${core.judge(`${line}\n`)} ${error}`).toBe(`${why}: bad ${error}`);
    }
  });

  it('agree on the manifest, its lines and its fingerprint', () => {
    const core = new HostCore('manifest');
    const heard = new Heard(core);
    const nonce = 4_711;
    const [hello] = heard.ask({ verb: 'hello', nonce });
    const { fingerprint } = vectors.manifest;
    const { length } = vectors.manifest.lines;
    expect(hello).toMatchObject({
      verb: 'hello',
      nonce,
      protocol: 1,
      board: { points: length, fingerprint, id: 'uno', firmware: '1.0', name: 'Test board' },
    });
    for (const [index, expected] of vectors.manifest.lines.entries()) {
      const [answer] = heard.ask({ verb: 'describe', index });
      if (answer?.verb !== 'describe') throw new Error(`no description: ${JSON.stringify(answer)}`);
      expect(answer.index).toBe(index);
      expect(encodePoint(answer.point)).toBe(expected);
    }
  });

  it('say nothing to a line with a bit too few or too many', () => {
    const core = new HostCore('manifest');
    const heard = new Heard(core);
    heard.ask({ verb: 'hello', nonce: 1 });
    const body = '9 alive';
    const line = `${body}*${hex8(crc32(body))}`;
    for (let bit = 0; bit < 8 * line.length; bit++) {
      const chars = [...line].map((char) => char.charCodeAt(0));
      chars[bit >> 3] = (chars[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(heard.raw(`${String.fromCharCode(...chars)}\n`).filter((message) => message?.verb === 'alive')).toEqual(
        [],
      );
    }
    const [alive] = heard.raw(`${line}\n`).filter((message) => message?.verb === 'alive');
    expect(alive).toEqual({ verb: 'alive', dropped: 8 * line.length + 1 });
  });
});

/** Asks a running board, and hears what it says until it is done. */
class Heard {
  private now = 10;
  private seq = 0;

  constructor(private readonly core: HostCore) {
    core.run(0, 2_000);
  }

  ask(message: HostMessage) {
    return this.raw(`${encodeHostLine(this.seq++ % 256, message)}\n`);
  }

  raw(bytes: string) {
    this.now += 10;
    const { said } = this.core.run(this.now, 1_000, bytes);
    return said
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const { message, error } = decodeBoardLine(line);
        if (error !== undefined) throw new Error(`${line}: ${error}`);
        return message;
      });
  }
}
