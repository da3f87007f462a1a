import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { BridgeError } from '../error.js';

/** Bytes of a room secret, of a salt and of an authentication tag (CAR-TER E2EE v2). */
export const SECRET_BYTES = 32;
export const SALT_BYTES = 16;
export const TAG_BYTES = 16;

/** What a key is for: everybody in a room, or one direction between a device and a client. */
export type KeyLabel = 'grp v2' | 'd2c v2' | 'c2d v2';

/** The key of one salt: HKDF-SHA256 with the label as info, 32 bytes. */
export function deriveKey(secret: Uint8Array, salt: Uint8Array, label: KeyLabel): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, label, 32));
}

/** ChaCha20-Poly1305 (RFC 8439) of `text`, the tag at the end. A key and a counter must never meet twice. */
export function sealText(key: Uint8Array, counter: number, text: string): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce(counter), { authTagLength: TAG_BYTES });
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** The text inside `sealed`; throws `e2ee/auth` when key, counter or a single bit is not the sender's. */
export function openText(key: Uint8Array, counter: number, sealed: Buffer): string {
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce(counter), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(sealed.subarray(0, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new BridgeError('e2ee/auth', 'the frame was not sealed with our room key', {
      hint: 'compare the room key with the phone’s',
      cause,
    });
  }
}

/** Decodes base64 in the standard alphabet with padding and nothing else; undefined where it is not. */
export function strictBase64(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Four zero bytes, then the counter as 64 bits, big-endian. */
function nonce(counter: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(counter), 4);
  return bytes;
}
