/** What WCAG 2.1 (1.4.3) asks of text. */
const CONTRAST = 4.5;
const DARKER = [1, 0.92, 0.84, 0.76] as const;

/** A ground of a colour with text that can be read on it: white where a slightly darker one allows it, else black. */
export function solid(colour: string | undefined): { background: string; color: string } | undefined {
  if (colour === undefined) return undefined;
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  for (const part of DARKER) {
    const ground = parts.map((value) => Math.round(value * part));
    if (1.05 / (luminance(ground) + 0.05) >= CONTRAST) return { background: `rgb(${ground.join(' ')})`, color: '#fff' };
  }
  return { background: colour, color: '#000' };
}

/** Relative luminance as WCAG defines it. */
function luminance(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
