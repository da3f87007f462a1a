import { isUtf8 } from 'node:buffer';
import { stripVTControlCharacters } from 'node:util';
import { printable } from '../text.js';

const PLAIN = /^[\t\x20-\x7e]*$/;
const HIGH = /[\x80-\xff]/;
/** C0, DEL and C1, all but the tab. */
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/;

/**
 * The text of one line whose bytes were decoded as latin1, without one trailing '\r' and without terminal escapes.
 * Undefined where it is no text: not UTF-8, or a control character other than the tab.
 */
export function lineText(raw: string): string | undefined {
  let text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
  if (PLAIN.test(text)) return text;
  if (HIGH.test(text)) {
    const bytes = Buffer.from(text, 'latin1');
    if (!isUtf8(bytes)) return undefined;
    text = bytes.toString('utf8');
  }
  // ESP32 logs are coloured.
  if (CONTROL.test(text)) text = stripVTControlCharacters(text);
  return CONTROL.test(text) ? undefined : text;
}

/** Whether `text` can be one written line: no control character but the tab, so that nobody smuggles in a second line. */
export function isOneLine(text: string): boolean {
  return !CONTROL.test(text);
}

/** Fewer bytes than this may be anything. */
const BINARY_BYTES = 64;
const NO_TEXT = /[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]/g;

/** Whether bytes are so many, and so few of them text, that they were hardly meant as lines. A character may be cut off at the end. */
export function isBinary(bytes: Buffer): boolean {
  if (bytes.length < BINARY_BYTES) return false;
  const text = bytes.toString('utf8');
  return 2 * (text.match(NO_TEXT)?.length ?? 0) > text.length;
}

/** Raw bytes, decoded as latin1, as a printable sample of at most 80 characters. */
export function lineSample(raw: string): string {
  const bytes = raw.slice(0, 80).replace(/[\x80-\xff]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
  return printable(bytes, 80).slice(0, 80);
}
