/** Text as the bytes of its UTF-8, one byte a character: what goes over a simulated wire. */
export function toWire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The text whose UTF-8 these bytes are, one byte a character. */
export function fromWire(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
