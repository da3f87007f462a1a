import { encode } from 'uqr';

/** The squares of a QR code for a text, row by row, true where dark; with a quiet margin of two. */
export function qrSquares(text: string): boolean[][] {
  return encode(text, { ecc: 'M', border: 2 }).data;
}
