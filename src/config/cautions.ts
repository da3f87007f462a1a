import { isLoopback } from '../http/address.js';
import { isPrivateUrl } from '../mesh/connection.js';
import { isMeshName, meshName } from '../mesh/name.js';
import { isUnstableName } from '../port/serial-path.js';
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
  const { url } = config.relay;
  if (url?.startsWith('ws:') && !isPrivateUrl(url)) {
    const message = 'the connection leaves the local network without encryption: what is said can be read on the way';
    say(['relay', 'url'], message, 'use wss://');
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
  if (config.panel && !config.panel.tls && !isLoopback(config.panel.host)) {
    say(
      ['panel', 'host'],
      'the panel is open to the network without encryption',
      'use 127.0.0.1 and an SSH tunnel, or `tls: true`',
    );
  }
  return found;
}
