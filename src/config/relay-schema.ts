import { isIP } from 'node:net';
import { z } from 'zod';
import type { CertificateSource } from '../certificate.js';
import type { Credential } from '../mesh/artifact.js';
import { parseRelayUrl } from '../mesh/connection.js';
import { isToken } from '../relay/token.js';

interface Common {
  readonly channel: string;
  /** What the relay asks for; undefined: none. */
  readonly token: string | undefined;
  /** Standard base64 of 32 bytes; undefined: no end-to-end encryption. */
  readonly roomKey: string | undefined;
  /** What becomes of sealed frames that do not say when they were sealed; taken where absent. */
  readonly unstamped?: 'accept' | 'refuse' | undefined;
  /** True where commands are taken through a relay that asks for no token. */
  readonly allowOpenRelay: boolean;
  /** The certificate authorities that a `wss://` relay is checked against, as PEM or, as written, the file with it; the system's where undefined. */
  readonly ca?: string | undefined;
}

/** Where the bridge's own relay listens. */
export interface EmbeddedConfig {
  readonly port: number;
  readonly host: string;
  readonly tls?: CertificateSource | undefined;
}

/** How the bridge reaches a relay: an address, with what fetches its tokens where those run out, or a relay of its own. */
export type RelayConfig = Common &
  (
    | { readonly url: string; readonly credential?: Credential; readonly embedded?: never }
    | {
        readonly embedded: EmbeddedConfig;
        readonly credential?: never;
        readonly url?: never;
      }
  );

/** The `relay` section as written: its connection, where it has one, still has to be read. */
export interface ParsedRelay extends Common {
  readonly url?: string;
  readonly embedded?: EmbeddedConfig;
  readonly connection?: unknown;
}

const text = z.string().min(1).max(256);
const LONGEST_CONNECTION = 65_536;

/** A TCP port; 0 stands for any free one. */
export const tcpPort = z.int().min(0).max(65_535);

/** Where a server listens: an address, or a name of this machine. */
export const listenHost = text.refine(
  (host) => isIP(host) !== 0 || (/^[\w.-]+$/.test(host) && !/^[\d.]+$/.test(host)),
  {
    error: 'not an address to listen on',
    params: { hint: 'write it as 127.0.0.1, 0.0.0.0 or ::1; its port goes into `port`' },
  },
);

/** How a server of ours proves itself and encrypts. */
export const tlsSource: z.ZodType<CertificateSource> = z
  .union(
    [
      z.literal(true),
      z.strictObject({
        cert: text.describe('PEM file with the certificate, and those between it and its authority'),
        key: text.describe('PEM file with its private key'),
      }),
    ],
    { error: 'expected `true` or {cert, key}' },
  )
  .meta({ typeName: '`true`, or {cert, key}' });

/** 32 bytes as strict standard base64 (RFC 4648 4): 43 characters, the last with two zero bits, and one `=`. */
const ROOM_KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** True for a room key as every peer reads it. */
export function isRoomKey(text: string): boolean {
  return ROOM_KEY.test(text);
}

const VISIBLE = /^[\x21-\x7e]*$/;

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
        host: listenHost.default('127.0.0.1').describe('Address to listen on; `0.0.0.0`: the whole network'),
        tls: tlsSource
          .optional()
          .describe('Encrypts (`wss://`): with your certificate, or `true`: with one that is made and kept here'),
      })
      .optional()
      .describe('A relay inside the bridge; either this or `url`'),
    connection: z
      .union([z.string().min(1).max(LONGEST_CONNECTION), z.looseObject({})])
      .optional()
      .meta({ typeName: 'a mapping, JSON text, or a file with it' })
      .describe(
        'Instead of both, what you were given: pairing data, a layout or its `connection`, or the credential of a device. May hold secrets',
      ),
    channel: text.default('home').describe('Channel to join; the one that the phones use'),
    token: z
      .string()
      .min(1)
      .max(4096)
      .regex(VISIBLE, { error: 'a token has no spaces and only ASCII characters' })
      .optional()
      .describe('What the relay asks for; of one that is `embedded` at least 8 characters. Secret'),
    roomKey: z
      .string()
      .regex(ROOM_KEY, { error: 'not a room key: expected standard base64 of 32 bytes, 43 characters and `=`' })
      .optional()
      .meta({ typeName: 'base64 of 32 bytes' })
      .describe('Key for end-to-end encryption; the one that the phones use. Secret'),
    unstamped: z
      .enum(['accept', 'refuse'])
      .default('accept')
      .describe(
        'Sealed frames that do not say when they were sealed, as those of old apps: `refuse` drops them, their emergency stop too',
      ),
    ca: text
      .optional()
      .describe('PEM file with the certificate authorities of a `wss://` relay; those of the system where absent'),
    allowOpenRelay: z.boolean().default(false).describe('Take commands also through a relay that asks for no token'),
  })
  .superRefine(
    (given, context) => {
      const { embedded, token } = given;
      // Others choose how long the token of their relay is; empty ones and spaces are told already.
      if (
        embedded !== undefined &&
        typeof token === 'string' &&
        token !== '' &&
        VISIBLE.test(token) &&
        !isToken(token)
      ) {
        const message = 'the token of an embedded relay has 8 to 512 characters';
        const params = { hint: 'for example one of `openssl rand -hex 16`' };
        context.addIssue({ code: 'custom', path: ['token'], message, params });
      }
      const ways = ['url', 'embedded', 'connection'].filter((way) => Object.hasOwn(given, way));
      if (ways.length === 1) return;
      if (ways.includes('connection')) {
        const message = '`connection` stands for itself, without `url` and `embedded`';
        context.addIssue({ code: 'custom', message, params: { hint: 'remove one of them', at: 'key' } });
        return;
      }
      const both = Object.hasOwn(given, 'url');
      context.addIssue({
        code: 'custom',
        message: both ? '`url` and `embedded` exclude each other' : 'neither `url` nor `embedded`',
        params: { hint: both ? 'remove one of them' : 'add `url: ws://HOST:8765` or `embedded: {}`', at: 'key' },
      });
    },
    { when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value) },
  )
  .transform(({ url, embedded, connection, channel, token, roomKey, unstamped, allowOpenRelay, ca }): ParsedRelay => {
    const common = { channel, token, roomKey, unstamped, allowOpenRelay, ca };
    if (connection !== undefined) return { ...common, connection };
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
