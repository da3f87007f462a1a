import { isMeshName, meshName } from '../mesh/name.js';
import { isUnstableName } from '../port/serial-path.js';
import { isLoopback } from '../relay/address.js';
import type { Finding } from './problems.js';
import type { Config } from './schema.js';

/**
 * What is allowed but worth knowing. `givenName` is the name as the config has it; `stableName` knows the lasting name
 * of a port that is plugged in.
 */
export function cautions(
  config: Config,
  givenName: string | undefined,
  stableName: (path: string) => string | undefined,
): Finding[] {
  const found: Finding[] = [];
  const say = (path: Finding['path'], message: string, hint?: string, at: Finding['at'] = 'value') =>
    found.push({ path, at, message, hint });

  if (givenName !== undefined && givenName !== meshName(givenName)) {
    say(['bridge', 'name'], `becomes \`${config.bridge.name}\` on the relay`, 'names are letters, digits, `-` and `_`');
  }
  if (!isMeshName(config.relay.channel)) {
    say(['relay', 'channel'], 'newer relays refuse this channel', 'channels are letters, digits, `-` and `_`');
  }
  if (config.relay.url !== undefined && leavesHome(config.relay.url)) {
    say(['relay', 'url'], 'the connection leaves the local network without encryption', 'use wss://');
  }
  for (const [id, { options }] of config.devices) {
    const port = (options as { port?: unknown } | null)?.port;
    if (typeof port === 'string' && isUnstableName(port)) {
      const hint = `use ${stableName(port) ?? 'its link under /dev/serial/by-id/'}`;
      say(['devices', id, 'port'], 'this name can move to another board after a restart', hint);
    }
  }
  if (config.metrics && !isLoopback(config.metrics.host)) {
    say(['metrics', 'host'], 'everybody in the network can read the metrics', 'use 127.0.0.1, or a firewall');
  }
  if (config.panel && !isLoopback(config.panel.host)) {
    say(['panel', 'host'], 'the panel is open to the network without encryption', 'use 127.0.0.1 and an SSH tunnel');
  }
  return found;
}

const LOCAL_NAMES = /^(localhost|[^.]+|.*\.(local|lan|home|internal|home\.arpa|localhost|ts\.net))$/;
// RFC 1918, 3927, 6598 and 6890: addresses that are not routed on the internet.
const LOCAL_IPV4 =
  /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
// RFC 4193 and 4291: loopback, unique local and link local.
const LOCAL_IPV6 = /^\[(::1\]|f[cd]|fe[89ab])/;

function leavesHome(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  if (protocol !== 'ws:') return false;
  if (hostname.startsWith('[')) return !LOCAL_IPV6.test(hostname);
  return !(LOCAL_NAMES.test(hostname) || LOCAL_IPV4.test(hostname));
}
