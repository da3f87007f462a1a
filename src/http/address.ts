import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** True when only this machine can reach a server bound to `host`. Names other than localhost count as reachable. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** True for the two addresses that mean every interface. */
export function isEveryInterface(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Interfaces of containers, virtual machines and tunnels: phones in the house are not behind them. */
const INNER = /^(docker|br-|veth|virbr|vmnet|lxc|cni|podman|tun|tap|wg|tailscale|zt)/;

/** The IPv4 address under which phones in the house reach this machine, or undefined without a network. */
export function lanAddress(interfaces = networkInterfaces()): string | undefined {
  const found = Object.entries(interfaces).flatMap(([name, addresses]) =>
    (addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => ({ address, inner: INNER.test(name) || address.startsWith('169.254.') })),
  );
  return (found.find(({ inner }) => !inner) ?? found[0])?.address;
}

/** A relay's URL, with the brackets an IPv6 address needs. */
export function relayUrl(host: string, port: number, secure = false): string {
  return `${secure ? 'wss' : 'ws'}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
