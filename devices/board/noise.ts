/** Bytes as characters, with each bit flipped with the probability `rate`, as on a bad line. */
export function flipBits(bytes: string, rate: number, random: () => number): string {
  if (rate <= 0) return bytes;
  const chars = [...bytes];
  // Jumps from flip to flip (geometric distribution), so that rare ones cost nothing.
  const jump = () => Math.floor(Math.log(1 - random()) / Math.log(1 - rate));
  for (let bit = jump(); bit < 8 * chars.length; bit += 1 + jump()) {
    const at = bit >> 3;
    chars[at] = String.fromCharCode((chars[at] ?? '').charCodeAt(0) ^ (1 << (bit & 7)));
  }
  return chars.join('');
}

/** Some characters replaced, as by a loose wire: still a line. */
export function damage(line: string, random: () => number): string {
  return [...line].map((char) => (random() < 0.3 ? '#$&?@~^'[Math.floor(random() * 7)] : char)).join('');
}
