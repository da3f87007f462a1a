import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { crc32, hex8 } from '../../firmware-protocol/checksum.js';
import { decodeText, encodeText } from '../../firmware-protocol/text.js';
import { decodeNumber, encodeNumber } from '../../firmware-protocol/value.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import { HostCore, hasCompiler } from '../support/host-core.js';
import { verdictOn } from '../support/host-verdict.js';
import { MutatedLines } from '../support/mutated-lines.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** How many lines both codecs judge; `scripts/differential.mjs` asks for more. */
    differentialLines?: number;
    differentialSeed?: number;
  }
}

const LINES = inject('differentialLines') ?? 40_000;
const SEED = inject('differentialSeed') ?? 1;
const BATCH = 200;
const RUNS = { numRuns: 2_000 };

describe.skipIf(!hasCompiler)('the codecs of bridge and Arduino library', () => {
  it('judge random and mutated lines alike', () => {
    const core = new HostCore('manifest');
    const seeds: string[] = JSON.parse(
      readFileSync(new URL('../../firmware-protocol/vectors.json', import.meta.url), 'utf8'),
    ).host.valid.map(({ line }: { line: string }) => line);
    const lines = new MutatedLines(seeds, seededRandom(SEED), (body) => `${body}*${hex8(crc32(body))}`);
    let good = 0;
    for (let left = LINES; left > 0; left -= BATCH) {
      const batch = Array.from({ length: BATCH }, () => lines.next());
      const expected = batch.map((line) => verdictOn(line.endsWith('\r') ? line.slice(0, -1) : line));
      const verdicts = core.judge(batch.map((line) => `${line}\n`).join(''));
      expect(verdicts).toHaveLength(BATCH);
      for (const [n, verdict] of verdicts.entries()) {
        if (verdict !== expected[n]) expect([batch[n], verdict]).toEqual([batch[n], expected[n]]);
        if (verdict !== 'bad') good++;
      }
    }
    // Neither all of them nor none: what is compared is more than checksums.
    expect(good).toBeGreaterThan(LINES / 20);
    expect(good).toBeLessThan(LINES);
  }, 3_600_000);

  it('read numbers alike, and round them alike', () => {
    const core = new HostCore('manifest');
    const digits = fc.stringMatching(/^-?[0-9]{1,10}(\.[0-9]{1,10})?$/);
    const field = fc.oneof(digits, fc.stringMatching(/^[-0-9.+ex ]{0,14}$/));
    fc.assert(
      fc.property(field, fc.integer({ min: 0, max: 6 }), (text, places) => {
        const value = decodeNumber(text);
        const units = core.number(places, text);
        if (value === undefined || units === undefined) {
          expect(units).toBeUndefined();
          // A number that has too many digits in this unit is none for the board.
          if (value !== undefined) expect(Math.abs(value) * 10 ** places).toBeGreaterThan(99_999_999);
          return;
        }
        // Half a unit goes away from zero, in digits and not in binary fractions.
        const [whole = '', fraction = ''] = text.replace('-', '').split('.');
        const shifted = BigInt(whole + fraction.slice(0, places).padEnd(places, '0'));
        const up = Number(fraction[places] ?? '0') >= 5 ? 1n : 0n;
        expect(BigInt(Math.abs(units))).toBe(shifted + up);
        if (units !== 0) expect(units < 0).toBe(text.startsWith('-'));
      }),
      RUNS,
    );
  });

  it('write numbers alike', () => {
    const core = new HostCore('manifest');
    const units = fc.integer({ min: -999_999_999, max: 999_999_999 });
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 6 }), (value, places) => {
        expect(core.print(places, value)).toBe(encodeNumber(value / 10 ** places));
      }),
      RUNS,
    );
  });

  it('read and write texts alike', () => {
    const core = new HostCore('manifest');
    const noNul = (text: string) => !text.includes('\0');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }).filter(noNul), (text) => {
        expect(core.encodeText(text)).toBe(encodeText(text));
        expect(core.decodeText(encodeText(text))).toBe(text);
      }),
      RUNS,
    );
    const field = fc.oneof(
      // A star never gets into a field: it ends the line's body.
      fc.stringMatching(/^[!-)+-~]{1,12}$/),
      fc.stringMatching(/^([a-z]|%[0-9A-F]{2}){1,8}$/),
      fc.stringMatching(/^(%[C-F][0-9A-F](%[89AB][0-9A-F]){0,3}){1,3}$/),
      fc.constantFrom('-', '?', '%2D', '%3F', '%', '%2', '%00', '%EF%BB%BF', '%ED%A0%80', '%F4%90%80%80', '%C0%80'),
    );
    fc.assert(
      fc.property(field, (text) => {
        const expected = decodeText(text);
        // An AVR's text ends at a zero, which a text from the bridge therefore never has.
        if (expected === undefined || noNul(expected)) expect(core.decodeText(text)).toBe(expected);
      }),
      RUNS,
    );
  });
});
