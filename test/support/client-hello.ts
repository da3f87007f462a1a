/** What the first message of a TLS client says. */
export interface ClientHello {
  /** The newest protocol that it offers, such as 0x0301 for TLS 1.0. */
  readonly version?: number;
  readonly ciphers?: readonly number[];
  /** The name of the server that it wants. */
  readonly name?: string;
}

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const LONGEST_RECORD = 0x4000;

/** The first message of a TLS client, in as many records as it takes. Ciphers: what every server of TLS 1.2 has. */
export function clientHello(hello: ClientHello = {}): Buffer {
  const { version = 0x0303, ciphers = [0xc02b, 0xc02f, 0x009c], name = 'localhost' } = hello;
  const host = Buffer.concat([Buffer.of(0), sized(2, Buffer.from(name))]);
  const extensions = [
    extension(0, sized(2, host)),
    extension(10, sized(2, words(0x0017, 0x001d))),
    extension(11, sized(1, Buffer.of(0))),
    extension(13, sized(2, words(0x0403, 0x0804, 0x0401))),
  ];
  const body = Buffer.concat([
    words(version),
    Buffer.alloc(32, 7),
    Buffer.of(0),
    sized(2, words(...ciphers)),
    Buffer.of(1, 0),
    sized(2, Buffer.concat(extensions)),
  ]);
  return records(Buffer.concat([Buffer.of(CLIENT_HELLO), sized(3, body)]), version);
}

/** The alert that a TLS server ended with, as `alert N`; where it said something else, that; `''` for nothing. */
export function alertIn(said: Buffer): string {
  const last = said.subarray(-7);
  return last[0] === 21 && last[4] === 2 ? `alert ${last[6]}` : said.toString('latin1');
}

function records(message: Buffer, version: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += LONGEST_RECORD) {
    parts.push(Buffer.of(HANDSHAKE), words(Math.min(version, 0x0301)));
    parts.push(sized(2, message.subarray(at, at + LONGEST_RECORD)));
  }
  return Buffer.concat(parts);
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([words(type), sized(2, content)]);
}

/** The content behind its length in so many bytes. */
function sized(bytes: number, content: Buffer): Buffer {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(content.length, 0, bytes);
  return Buffer.concat([length, content]);
}

function words(...values: readonly number[]): Buffer {
  const all = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => void all.writeUInt16BE(value, 2 * i));
  return all;
}
