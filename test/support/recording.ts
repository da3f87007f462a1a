import { readdirSync, readFileSync } from 'node:fs';

/** One row of a recorded conversation between clients and a relay (MeshSocket 0.1.1). */
export interface Row {
  /** Its line in the file, from 1. A send that the file leaves out has the number of the row before which it belongs. */
  readonly number: number;
  /** Seconds from the beginning. */
  readonly t: number;
  readonly client: string;
  readonly dir: 'open' | 'send' | 'recv' | 'close' | 'note';
  /** The message, whole; bytes where it was a binary one. */
  readonly data: string | Buffer;
  /** True for a send that reached the relay in one piece with the one before. */
  readonly joined: boolean;
  /** True for a close that the client itself wanted. */
  readonly own: boolean;
  readonly code: number;
  readonly reason: string;
  /** Of an `open`: request headers, and the longest message the client takes, in bytes. */
  readonly headers: Readonly<Record<string, string>>;
  readonly limit: number;
}

interface FileRow extends Pick<Row, 't' | 'client' | 'dir'> {
  raw?: string;
  rawHex?: string;
  rawLength?: number;
  code?: number;
  reason?: string;
  comment?: string;
}

/** What one file does not say by itself. */
interface Unsaid {
  /** Clients that the relay closed with 1000, which looks like their own goodbye. */
  closedByRelay?: readonly string[];
  /** Clients that take no message longer than this, in bytes. */
  limits?: Readonly<Record<string, number>>;
  /** Rows whose message came in one piece with the one before. */
  joined?: readonly number[];
  /** Broadcasts `{"msg_type":"burst","i":…}` with the ids "0", "1" … of `client` before row `before`, `together` of them in one piece. */
  burst?: { readonly before: number; readonly client: string; readonly count: number; readonly together: number };
}

const UNSAID: ReadonlyMap<string, Unsaid> = new Map<string, Unsaid>([
  ['08-name-eviction', { closedByRelay: ['A1', 'A2'] }],
  ['09-auth-token', { closedByRelay: ['auth_token only', 'wrong token', 'token null', 'no token', 'token empty'] }],
  ['11-auth-timeout-preauth', { closedByRelay: ['A', 'B'] }],
  ['13-oversize', { limits: { C: 1_048_576 } }],
  // The recorded relay read its sockets in portions, which show in how its answers and its broadcasts alternate.
  ['20-ordering', { joined: [9, 10, 11, 12], burst: { before: 32, client: 'A', count: 300, together: 32 } }],
]);

const FOLDER = new URL('../vectors/relay/', import.meta.url);
const NO_LIMIT = 16 * 1024 * 1024;

/** The names of all recordings, in order. */
export function recordings(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => file.slice(0, -'.jsonl'.length))
    .sort();
}

/** The rows of one recording, in order, with what the file leaves out. */
export function recording(name: string): Row[] {
  const unsaid = UNSAID.get(name) ?? {};
  const lines = readFileSync(new URL(`${name}.jsonl`, FOLDER), 'utf8')
    .trim()
    .split('\n');
  return lines.flatMap((line, index) => {
    const row = complete(JSON.parse(line) as FileRow, index + 1, unsaid);
    return unsaid.burst?.before === row.number ? [...burst(unsaid.burst, row), row] : [row];
  });
}

function complete(row: FileRow, number: number, unsaid: Unsaid): Row {
  const { t, client, dir, raw = '', rawHex, rawLength, code = 0, reason = '', comment = '' } = row;
  const header = /^headers \{'([^']+)': '([^']+)'\}$/.exec(comment);
  return {
    number,
    t,
    client,
    dir,
    data: rawHex === undefined ? whole(raw, rawLength ?? raw.length) : Buffer.from(rawHex, 'hex'),
    joined: unsaid.joined?.includes(number) ?? false,
    own: code === 1000 && !unsaid.closedByRelay?.includes(client),
    code,
    reason,
    headers: header?.[1] && header[2] ? { [header[1]]: header[2] } : {},
    limit: unsaid.limits?.[client] ?? NO_LIMIT,
  };
}

function burst({ client, count, together }: NonNullable<Unsaid['burst']>, next: Row): Row[] {
  return Array.from({ length: count }, (_, i) => {
    const frame = { id: String(i), type: 'broadcast_request', payload: { msg_type: 'burst', i }, reply_to: null };
    return { ...next, client, dir: 'send', data: JSON.stringify(frame), joined: i % together !== 0 };
  });
}

/** Long messages are cut in the files: the one character of their text, or the brackets, go on up to `length`. */
function whole(raw: string, length: number): string {
  if (!raw.endsWith('…')) return raw;
  const text = /^.*?"d": "(?=(\\u[0-9a-f]{4}|.))/.exec(raw);
  const head = text?.[0] ?? raw.slice(0, raw.indexOf('['));
  const unit = text?.[1] ?? '[]';
  const tail = text ? '"}, "reply_to": null}' : '}';
  const count = (length - head.length - tail.length) / unit.length;
  if (!Number.isInteger(count)) throw new Error(`cannot complete ${raw.slice(0, 80)}`);
  return head + (text ? unit.repeat(count) : '['.repeat(count) + ']'.repeat(count)) + tail;
}
