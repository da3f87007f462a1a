import type { IncomingHttpHeaders } from 'node:http';

/** True for what a page of another site asks for, as browsers say of it; who follows a link on one is welcome. */
export function isFromElsewhere(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'] ?? 'none';
  return site !== 'none' && site !== 'same-origin' && headers['sec-fetch-dest'] !== 'document';
}
