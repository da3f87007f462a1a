/** Printable ASCII without the space, the checksum's star and the percent sign. */
const PLAIN = /^[!-$&-)+-~]$/;
const ENCODED = /^(?:[!-$&-)+-~]|%[0-9A-F]{2})+$/;

/** Text as one field: UTF-8, every byte beside plain ASCII as `%` and two hex digits; empty text is `-`. */
export function encodeText(text: string): string {
  if (text === '') return '-';
  if (text === '-') return '%2D';
  if (text === '?') return '%3F';
  let field = '';
  for (const byte of new TextEncoder().encode(text)) {
    const char = String.fromCharCode(byte);
    field += PLAIN.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return field;
}

/** The text of one field; undefined for `?`, and where it is not spelt as `encodeText` does. */
export function decodeText(field: string): string | undefined {
  if (field === '-') return '';
  if (!ENCODED.test(field)) return undefined;
  const bytes: number[] = [];
  for (let i = 0; i < field.length; i++) {
    if (field[i] !== '%') bytes.push(field.charCodeAt(i));
    else {
      bytes.push(Number.parseInt(field.slice(i + 1, i + 3), 16));
      i += 2;
    }
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
    return encodeText(text) === field ? text : undefined;
  } catch {
    return undefined;
  }
}
