import type { IncomingHttpHeaders } from 'node:http';

/** True for a request that brings something: nothing here takes any, and reading it away costs as much as taking it. */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}
