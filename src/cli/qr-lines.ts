import { qrSquares } from '../qr.js';

const HALVES = [' ', '▄', '▀', '█'] as const;
// Black on white, whatever the terminal's own colours are (ECMA-48).
const ON_WHITE = '\u001b[30;107m';
const RESET = '\u001b[0m';

/** A QR code for a terminal, two rows a line. Without `colour` its light squares are what is drawn, for dark terminals. */
export function qrLines(text: string, colour: boolean): string[] {
  const squares = qrSquares(text);
  const lines: string[] = [];
  for (let y = 0; y < squares.length; y += 2) {
    const line = (squares[y] ?? []).map((upper, x) => {
      const lower = squares[y + 1]?.[x] ?? false;
      const [top, bottom] = colour ? [upper, lower] : [!upper, !lower];
      return HALVES[(top ? 2 : 0) + (bottom ? 1 : 0)];
    });
    lines.push(colour ? `${ON_WHITE}${line.join('')}${RESET}` : line.join(''));
  }
  return lines;
}
