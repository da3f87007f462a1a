import { crc32, hex8 } from './checksum.js';
import { Fields, isId } from './fields.js';
import {
  MAX_BOARD_LINE,
  MAX_COUNTER,
  MAX_GROUP,
  MAX_HOST_LINE,
  MAX_INTEGER,
  MAX_NAME,
  MAX_POINTS,
  MAX_PULSE_MS,
  MAX_SEQ,
  PROTOCOL,
} from './limits.js';
import type { BoardInfo, BoardMessage, HostMessage, LogLevel, NakCode, WireReading } from './message.js';
import { decodePoint } from './point.js';

/**
 * Why a line is not used, in the order of the checks. long: more bytes than allowed · ascii: a byte that is not
 * printable · frame: no checksum at its end · checksum: another one than its bytes have · seq: no line number ·
 * verb: unknown · fields: too few, too many or malformed.
 */
export type DecodeError = 'long' | 'ascii' | 'frame' | 'checksum' | 'seq' | 'verb' | 'fields';

/** A line's number and message, or why it is none. */
export type Decoded<Message> =
  | { readonly seq: number; readonly message: Message; readonly error?: undefined }
  | { readonly error: DecodeError; readonly seq?: undefined; readonly message?: undefined };

type Reader<Message> = (fields: Fields) => Message;

const HOST_VERBS: ReadonlyMap<string, Reader<HostMessage>> = new Map<HostMessage['verb'], Reader<HostMessage>>([
  ['hello', (f) => ({ verb: 'hello', nonce: f.integer(MAX_INTEGER, 1) })],
  ['describe', (f) => ({ verb: 'describe', index: f.integer(MAX_POINTS - 1) })],
  ['reading', () => ({ verb: 'reading' })],
  ['set', (f) => ({ verb: 'set', cid: f.integer(MAX_COUNTER), point: f.id(), value: f.token() })],
  [
    'pulse',
    (f) => ({
      verb: 'pulse',
      cid: f.integer(MAX_COUNTER),
      point: f.id(),
      value: f.oneOf(['0', '1']),
      ms: f.integer(MAX_PULSE_MS, 1),
    }),
  ],
  ['alive', () => ({ verb: 'alive' })],
  ['stop', (f) => ({ verb: 'stop', cid: f.integer(MAX_COUNTER) })],
  [
    'limit',
    (f) => ({
      verb: 'limit',
      cid: f.integer(MAX_COUNTER),
      point: f.id(),
      maxOn: f.integer(),
      minOff: f.integer(),
      group: f.integer(MAX_GROUP),
    }),
  ],
]);

const NAK_CODES: readonly NakCode[] = ['range', 'unknown', 'busy', 'locked'];
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

const BOARD_VERBS: ReadonlyMap<string, Reader<BoardMessage>> = new Map<BoardMessage['verb'], Reader<BoardMessage>>([
  ['hello', readHello],
  ['describe', readDescribe],
  ['reading', (f) => ({ verb: 'reading', values: readReadings(f) })],
  ['event', (f) => ({ verb: 'event', point: f.id(), count: f.integer(MAX_COUNTER), event: f.id() })],
  [
    'ack',
    (f) => ({
      verb: 'ack',
      cid: f.integer(MAX_COUNTER),
      value: f.token(),
      moving: f.oneOf(['done', 'moving']) === 'moving',
    }),
  ],
  ['nak', (f) => ({ verb: 'nak', cid: f.integer(MAX_COUNTER), code: f.oneOf(NAK_CODES) })],
  ['alive', (f) => ({ verb: 'alive', dropped: f.integer(MAX_COUNTER) })],
  ['log', (f) => ({ verb: 'log', level: f.oneOf(LEVELS), text: f.text(MAX_BOARD_LINE) })],
]);

/** Reads a line from a host, without its newline. Never throws. */
export function decodeHostLine(line: string): Decoded<HostMessage> {
  return decode(line, MAX_HOST_LINE, HOST_VERBS);
}

/** Reads a line from a board, without its newline. Never throws. */
export function decodeBoardLine(line: string): Decoded<BoardMessage> {
  return decode(line, MAX_BOARD_LINE, BOARD_VERBS);
}

function decode<Message>(line: string, max: number, verbs: ReadonlyMap<string, Reader<Message>>): Decoded<Message> {
  if (line.length >= max) return { error: 'long' };
  if (!/^[ -~]*$/.test(line)) return { error: 'ascii' };
  const star = line.length - 9;
  if (star < 0 || line.indexOf('*') !== star) return { error: 'frame' };
  const body = line.slice(0, star);
  if (line.slice(star + 1) !== hex8(crc32(body))) return { error: 'checksum' };
  const [number = '', verb = '', ...rest] = body.split(' ');
  if (!/^(?:0|[1-9]\d{0,2})$/.test(number) || Number(number) > MAX_SEQ) return { error: 'seq' };
  const read = verbs.get(verb);
  if (!read) return { error: 'verb' };
  const fields = new Fields(rest);
  const message = read(fields);
  return fields.bad || fields.left > 0 ? { error: 'fields' } : { seq: Number(number), message };
}

function readHello(fields: Fields): BoardMessage {
  const nonce = fields.integer();
  const protocol = fields.integer(255, 1);
  if (protocol !== PROTOCOL) {
    // Another version may say other things behind its number.
    fields.skip();
    return { verb: 'hello', nonce, protocol };
  }
  const board: BoardInfo = {
    boot: fields.integer(MAX_INTEGER, 1),
    // More than MAX_POINTS are read, so that a host can say what is wrong with the board.
    points: fields.integer(MAX_COUNTER, 1),
    fingerprint: fields.hex8(),
    buffer: fields.integer(MAX_COUNTER, MAX_HOST_LINE),
    id: fields.id(),
    firmware: fields.text(MAX_NAME),
    name: fields.text(MAX_NAME),
  };
  return { verb: 'hello', nonce, protocol, board };
}

function readDescribe(fields: Fields): BoardMessage {
  const index = fields.integer(MAX_POINTS - 1);
  const words: string[] = [];
  while (fields.left > 0) words.push(fields.token());
  const point = decodePoint(words.join(' '));
  return { verb: 'describe', index, point: point ?? fields.refuse({ ...NO_POINT }) };
}

const NO_POINT = { id: '', role: 'sensor', label: '', unit: '', lease: 0, options: [] } as const;

function readReadings(fields: Fields): readonly WireReading[] {
  const values: WireReading[] = [];
  const seen = new Set<string>();
  do {
    const [, point = '', value = ''] = /^([^=]+)=(.+)$/.exec(fields.token()) ?? [];
    if (!isId(point) || seen.has(point)) fields.refuse(undefined);
    seen.add(point);
    values.push({ point, value });
  } while (fields.left > 0 && !fields.bad);
  return values;
}
