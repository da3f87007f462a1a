/** Sixteen steps of the reflected polynomial 0xEDB88320, one a nibble: 64 bytes where memory is short. */
const TABLE: readonly number[] = Array.from({ length: 16 }, (_, nibble) => {
  let crc = nibble;
  for (let bit = 0; bit < 4; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

/** CRC-32 of IEEE 802.3 (reflected, begun and ended with all ones) over ASCII text; 0xCBF43926 for `123456789`. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    crc = (crc >>> 4) ^ (TABLE[crc & 15] as number);
    crc = (crc >>> 4) ^ (TABLE[crc & 15] as number);
  }
  return ~crc >>> 0;
}

/** A CRC-32 as it is written: eight upper-case hex digits. */
export function hex8(crc: number): string {
  return crc.toString(16).toUpperCase().padStart(8, '0');
}
