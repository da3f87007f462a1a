import { z } from 'zod';
import { parseRelayUrl } from '../mesh/connection.js';

/** How the bridge reaches a relay: an address, or a relay of its own. */
export type RelayConfig = {
  readonly channel: string;
  /** What the relay asks for; undefined: none. */
  readonly token: string | undefined;
  /** Standard base64 of 32 bytes; undefined: no end-to-end encryption. */
  readonly roomKey: string | undefined;
  /** True where commands are taken through a relay that asks for no token. */
  readonly allowOpenRelay: boolean;
} & (
  | { readonly url: string; readonly embedded?: never }
  | { readonly embedded: { readonly port: number; readonly host: string }; readonly url?: never }
);

const text = z.string().min(1).max(256);

/** A TCP port; 0 stands for any free one. */
export const tcpPort = z.int().min(0).max(65_535);

/** 32 bytes as strict standard base64 (RFC 4648 4): 43 characters, the last with two zero bits, and one `=`. */
const ROOM_KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** The `relay` section. */
export const relaySchema = z
  .strictObject({
    url: z
      .string()
      .refine(isRelayUrl, {
        error: 'not the address of a relay',
        params: { hint: 'write it as ws://HOST:PORT or wss://HOST' },
      })
      .optional()
      .meta({ typeName: 'ws:// or wss:// address' })
      .describe('Address of a relay; either this or `embedded`'),
    embedded: z
      .strictObject({
        port: tcpPort.default(8765).describe('TCP port; 0: any free one'),
        host: text.default('127.0.0.1').describe('Address to listen on; `0.0.0.0`: the whole network'),
      })
      .optional()
      .describe('A relay inside the bridge; either this or `url`'),
    channel: text.default('home').describe('Channel to join; the one that the phones use'),
    token: z
      .string()
      .min(1)
      .max(4096)
      .regex(/^[\x21-\x7e]*$/, { error: 'a token has no spaces and only ASCII characters' })
      .optional()
      .describe('What the relay asks for. Secret'),
    roomKey: z
      .string()
      .regex(ROOM_KEY, { error: 'not a room key: expected standard base64 of 32 bytes, 43 characters and `=`' })
      .optional()
      .meta({ typeName: 'base64 of 32 bytes' })
      .describe('Key for end-to-end encryption; the one that the phones use. Secret'),
    allowOpenRelay: z.boolean().default(false).describe('Take commands also through a relay that asks for no token'),
  })
  .superRefine(
    (given, context) => {
      if (Object.hasOwn(given, 'url') !== Object.hasOwn(given, 'embedded')) return;
      const both = Object.hasOwn(given, 'url');
      context.addIssue({
        code: 'custom',
        message: both ? '`url` and `embedded` exclude each other' : 'neither `url` nor `embedded`',
        params: { hint: both ? 'remove one of them' : 'add `url: ws://HOST:8765` or `embedded: {}`', at: 'key' },
      });
    },
    { when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value) },
  )
  .transform(({ url, embedded, channel, token, roomKey, allowOpenRelay }): RelayConfig => {
    const common = { channel, token, roomKey, allowOpenRelay };
    if (url !== undefined) return { ...common, url };
    return { ...common, embedded: embedded ?? { port: 8765, host: '127.0.0.1' } };
  });

function isRelayUrl(address: string): boolean {
  try {
    parseRelayUrl(address);
    return true;
  } catch {
    return false;
  }
}
