import { decodeHostLine } from '../../firmware-protocol/decode.js';
import type { HostMessage } from '../../firmware-protocol/message.js';

/** The points that the host-compiled core knows by name; of others it knows that there are none. */
const KNOWN: ReadonlySet<string> = new Set(['temp', 'door', 'button', 'pump', 'fan', 'turnout', 'mode', 'sign']);

/** A message in the words in which the host-compiled core says what it understood. */
export function verdictOf(message: HostMessage): string {
  const name = (point: string) => (KNOWN.has(point) ? point : '?');
  switch (message.verb) {
    case 'hello':
      return `hello ${message.nonce}`;
    case 'describe':
      return `describe ${message.index}`;
    case 'reading':
    case 'alive':
      return message.verb;
    case 'set':
      return `set ${message.cid} ${name(message.point)} ${message.value}`;
    case 'pulse':
      return `pulse ${message.cid} ${name(message.point)} ${message.value} ${message.ms}`;
    case 'stop':
      return `stop ${message.cid}`;
    case 'limit':
      return `limit ${message.cid} ${name(message.point)} ${message.maxOn} ${message.minOff} ${message.group}`;
  }
}

/** What the TypeScript codec makes of a line, in the same words. */
export function verdictOn(line: string): string {
  const { message } = decodeHostLine(line);
  return message ? verdictOf(message) : 'bad';
}
