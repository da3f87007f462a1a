import { crc32 } from '../../firmware-protocol/checksum.js';
import type { PointDescription } from '../../firmware-protocol/message.js';
import { encodePoints } from '../../firmware-protocol/point.js';

const HALF = 32;
const LETTERS = 2 * HALF;

/**
 * Points whose CRC-32 is that of others of the same length: `make` is given two labels of 32 letters that can be chosen.
 * Each letter flips the same bits of the sum, whatever the others are, so that Gauss finds those that are to be flipped.
 */
export function forgedPoints(
  others: readonly PointDescription[],
  make: (one: string, other: string) => PointDescription[],
): PointDescription[] {
  const points = (flipped: ReadonlySet<number>) => {
    const text = Array.from({ length: LETTERS }, (_, i) => (flipped.has(i) ? 'c' : 'a')).join('');
    return make(text.slice(0, HALF), text.slice(HALF));
  };
  const sumOf = (flipped: ReadonlySet<number>) => crc32(encodePoints(points(flipped)));
  const base = sumOf(new Set());
  const rows: { sum: number; of: ReadonlySet<number> }[] = [];
  const reduced = (sum: number, of: ReadonlySet<number>) => {
    let row = { sum: sum >>> 0, of };
    for (const known of rows) {
      const rest = (row.sum ^ known.sum) >>> 0;
      if (rest < row.sum) row = { sum: rest, of: difference(row.of, known.of) };
    }
    return row;
  };
  for (let i = 0; i < LETTERS; i++) {
    const row = reduced(base ^ sumOf(new Set([i])), new Set([i]));
    if (row.sum === 0) continue;
    rows.push(row);
    rows.sort((a, b) => b.sum - a.sum);
  }
  return points(reduced(base ^ crc32(encodePoints(others)), new Set()).of);
}

/** What is in one of the two, and not in both. */
function difference(one: ReadonlySet<number>, other: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...one, ...other].filter((item) => one.has(item) !== other.has(item)));
}
