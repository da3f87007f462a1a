import { randomBytes } from 'node:crypto';

/** Bytes of chance in a new token. */
const TOKEN_BYTES = 32;
/** A token: 8 to 512 visible ASCII characters on one line. */
const TOKEN = /^[\x21-\x7e]{8,512}$/;

/** True for what can keep strangers out of a relay of ours. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** A token that nobody can guess. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}
