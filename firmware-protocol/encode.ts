import { crc32, hex8 } from './checksum.js';
import { type Decoded, decodeBoardLine, decodeHostLine } from './decode.js';
import { MAX_BOARD_LINE, MAX_HOST_LINE } from './limits.js';
import type { BoardMessage, HostMessage } from './message.js';
import { encodePoint } from './point.js';
import { encodeText } from './text.js';

/** A host's message as a line without its newline. Throws a RangeError for what the grammar can not say. */
export function encodeHostLine(seq: number, message: HostMessage): string {
  return seal(seq, [message.verb, ...hostFields(message)], MAX_HOST_LINE, decodeHostLine);
}

/** A board's message as a line without its newline. Throws a RangeError for what the grammar can not say. */
export function encodeBoardLine(seq: number, message: BoardMessage): string {
  return seal(seq, [message.verb, ...boardFields(message)], MAX_BOARD_LINE, decodeBoardLine);
}

function hostFields(message: HostMessage): (string | number)[] {
  switch (message.verb) {
    case 'hello':
      return [message.nonce];
    case 'describe':
      return [message.index];
    case 'reading':
    case 'alive':
      return [];
    case 'set':
      return [message.cid, message.point, field(message.value)];
    case 'pulse':
      return [message.cid, message.point, field(message.value), message.ms];
    case 'stop':
      return [message.cid];
    case 'limit':
      return [message.cid, message.point, message.maxOn, message.minOff, message.group];
  }
}

function boardFields(message: BoardMessage): (string | number)[] {
  switch (message.verb) {
    case 'hello': {
      const { nonce, protocol, board } = message;
      if (!board) return [nonce, protocol];
      const { boot, points, fingerprint, buffer, id, firmware, name } = board;
      return [nonce, protocol, boot, points, fingerprint, buffer, id, encodeText(firmware), encodeText(name)];
    }
    case 'describe':
      return [message.index, encodePoint(message.point)];
    case 'reading':
      return message.values.map(({ point, value }) => `${point}=${field(value)}`);
    case 'event':
      return [message.point, message.count, message.event];
    case 'ack':
      return [message.cid, field(message.value), message.moving ? 'moving' : 'done'];
    case 'nak':
      return [message.cid, message.code];
    case 'alive':
      return [message.dropped];
    case 'log':
      return [message.level, encodeText(message.text)];
  }
}

/** One field stays one field. */
function field(value: string): string {
  if (/\s/.test(value)) throw new RangeError(`"${value}" is not one field`);
  return value;
}

/** Numbers, joins and seals a line; the decoder is the judge of what may be said. */
function seal(
  seq: number,
  words: readonly (string | number)[],
  max: number,
  decode: (line: string) => Decoded<unknown>,
): string {
  const body = [seq, ...words].join(' ');
  const line = `${body}*${hex8(crc32(body))}`;
  const { error } = decode(line);
  if (error === 'long') throw new RangeError(`a line of ${line.length + 1} bytes; at most ${max} are allowed`);
  if (error !== undefined) throw new RangeError(`"${body}" is not a line of the protocol (${error})`);
  return line;
}
