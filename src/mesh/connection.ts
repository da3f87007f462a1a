import { BlockList, isIP } from 'node:net';
import { BridgeError } from '../error.js';
import { isLoopback } from '../http/address.js';
import { printable } from '../text.js';

/** A relay's address that passed the checks. */
export interface RelayAddress {
  /** What is dialled. */
  readonly url: string;
  /** Safe to show: scheme, host, port and path, without the query. */
  readonly display: string;
  readonly hostname: string;
  /** True for `wss:`. */
  readonly secure: boolean;
}

/** Reads `ws://host[:port][/path]` or `wss://…`; throws `mesh/url`. */
export function parseRelayUrl(text: string): RelayAddress {
  const example = 'write it as ws://192.168.1.50:8765 or wss://relay.example.org';
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch (cause) {
    throw new BridgeError('mesh/url', `not a relay address: "${printable(text, 40)}"`, { hint: example, cause });
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new BridgeError('mesh/url', `a relay address starts with ws:// or wss://, not ${printable(url.protocol)}//`, {
      hint: example,
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new BridgeError('mesh/url', 'a relay address holds no user name or password', { hint: 'use relay.token' });
  }
  if (url.hash !== '') {
    throw new BridgeError('mesh/url', 'a relay address holds no #fragment', { hint: example });
  }
  return {
    url: url.href,
    display: `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    secure: url.protocol === 'wss:',
  };
}

/** True when the URL names this machine. */
export function isLoopbackUrl(text: string): boolean {
  const { hostname } = parseRelayUrl(text);
  return isLoopback(hostname) || hostname.endsWith('.localhost');
}

/** True when the URL names this machine or one in a private network (RFC 1918, 6598, 4193, link-local, local names). */
export function isPrivateUrl(text: string): boolean {
  const { hostname } = parseRelayUrl(text);
  if (isLoopbackUrl(text) || listed(PRIVATE, hostname)) return true;
  return (
    isIP(hostname) === 0 &&
    (!hostname.includes('.') || /\.(local|lan|internal|home|home\.arpa|ts\.net)$/.test(hostname))
  );
}

const PRIVATE = blockList([
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
  ['fc00::', 7],
  ['fe80::', 10],
]);

function blockList(subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, family(net));
  return list;
}

function listed(list: BlockList, hostname: string): boolean {
  return isIP(hostname) !== 0 && list.check(hostname, family(hostname));
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
