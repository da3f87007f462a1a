import { isEveryInterface } from '../http/address.js';
import type { Finding } from './problems.js';
import type { ParsedConfig } from './schema.js';

interface Listener {
  readonly path: readonly string[];
  readonly host: string;
  readonly port: number;
}

/** Servers of the bridge that would listen at one address: only one of them could. */
export function checkPorts({ relay, panel, metrics }: ParsedConfig): Finding[] {
  const servers: Listener[] = [];
  if (relay.embedded) servers.push({ path: ['relay', 'embedded'], ...relay.embedded });
  if (panel) servers.push({ path: ['panel'], ...panel });
  if (metrics) servers.push({ path: ['metrics'], ...metrics });
  return servers.flatMap((server, i): Finding[] => {
    const other = servers.slice(0, i).find((one) => meets(one, server));
    if (!other) return [];
    const message = `${server.port} is the port of \`${other.path.join('.')}\` too`;
    return [{ path: [...server.path, 'port'], at: 'value', message, hint: 'give each its own' }];
  });
}

function meets(one: Listener, other: Listener): boolean {
  const sameHost = one.host === other.host || isEveryInterface(one.host) || isEveryInterface(other.host);
  return one.port !== 0 && one.port === other.port && sameHost;
}
