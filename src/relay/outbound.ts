import { randomUUID } from 'node:crypto';

/** One message of the relay, encoded once for any number of clients. */
export function encode(type: string, payload: unknown, replyTo: unknown = null, id: string = randomUUID()): Buffer {
  return Buffer.from(JSON.stringify({ id, type, payload, reply_to: replyTo }));
}
