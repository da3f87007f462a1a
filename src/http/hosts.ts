import type { IncomingHttpHeaders } from 'node:http';
import { networkInterfaces } from 'node:os';
import { isEveryInterface, isLoopback } from './address.js';

/**
 * What the Host header of an honest request can be, for a server at `host`: its own names and addresses, and no others. A
 * page of another site that made its name point to this machine is told apart by that.
 */
export function hostsOf(
  host: string,
  port: number,
  hostname: string,
  scheme: 'http' | 'https' = 'http',
  interfaces = networkInterfaces(),
): Set<string> {
  const names = isLoopback(host)
    ? ['127.0.0.1', 'localhost', '::1']
    : isEveryInterface(host)
      ? ['localhost', hostname, `${hostname}.local`, ...addresses(interfaces)]
      : [host, hostname, `${hostname}.local`];
  const hosts = names.map((name) => inUrl(name.toLowerCase()));
  // Browsers leave the usual port out.
  return new Set([
    ...hosts.map((name) => `${name}:${port}`),
    ...(port === (scheme === 'https' ? 443 : 80) ? hosts : []),
  ]);
}

/** What of a request says whom it is for. */
export interface Addressed {
  readonly headers: IncomingHttpHeaders;
  readonly headersDistinct?: NodeJS.Dict<string[]>;
}

/** Why a request is not for a server of these hosts, as a status and a sentence; undefined where it is. */
export function notFor(
  { headers, headersDistinct }: Addressed,
  hosts: ReadonlySet<string>,
): [status: number, said: string] | undefined {
  // Whoever passes it on may have looked at another one of them.
  if ((headersDistinct?.['host']?.length ?? 1) > 1) return [400, 'One host, please.'];
  if (hosts.has((headers.host ?? '').toLowerCase())) return undefined;
  return [421, 'This is not the host that was asked for.'];
}

/** A host as it stands in a URL: IPv6 addresses in brackets. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function addresses(interfaces: ReturnType<typeof networkInterfaces>): string[] {
  return Object.values(interfaces).flatMap((list) => (list ?? []).map(({ address }) => address));
}
