import { join } from 'node:path';
import { BridgeError } from '../error.js';
import { isEveryInterface, isLoopback, lanAddress, relayUrl } from '../http/address.js';
import type { Log } from '../log.js';
import { pairingOf } from '../pairing.js';
import { EmbeddedRelay } from '../relay/relay.js';
import { isToken } from '../relay/token.js';
import { loadOrCreateToken } from '../relay/token-file.js';
import { type CliContext, EXIT, untilAborted } from './context.js';
import { openLog } from './open-log.js';

/** Options of `carter-bridge relay`. */
export interface RelayCommandOptions {
  /** 0 = any free port. */
  port: number;
  host: string;
  tokenFile?: string;
}

/** What the command needs of the world outside. */
export type RelayCommandContext = Pick<
  CliContext,
  'env' | 'homeDir' | 'clock' | 'out' | 'terminal' | 'signal' | 'logStream' | 'logIsTerminal'
>;

/** Channel in the pairing data: the one that layouts and hubs use unless told otherwise. */
const CHANNEL = 'home';

/** Runs a relay until the signal aborts. Prints its address, and beyond loopback, in a terminal, the pairing data. Rejects as `EmbeddedRelay.start` and `loadOrCreateToken` do. */
export async function relayCommand(options: RelayCommandOptions, context: RelayCommandContext): Promise<number> {
  const { host } = options;
  const log = openLog({ level: 'info', pretty: true }, context);
  const { token, source } = await findToken(options, context, log);
  const relay = new EmbeddedRelay({ host, port: options.port, token, clock: context.clock, log });
  const { url, port } = await relay.start();
  const beyond = !isLoopback(host);
  const lan = isEveryInterface(host) ? lanAddress() : host;
  const shown = beyond && lan ? relayUrl(lan, port) : url;
  context.out(`relay listening on ${shown}`);
  const pairing = pairingOf({ url: shown, channel: CHANNEL, token, roomKey: undefined });
  // Where output is kept, as in a journal, others could read the token.
  if (beyond && pairing.ok) context.out(context.terminal() ? pairing.text : `the token is ${source}`);
  await untilAborted(context.signal);
  await relay.stop();
  return EXIT.ok;
}

/** CARTER_TOKEN, else the token file, else none on loopback and a file of its own beyond it; and which of these it is. */
async function findToken(
  { host, tokenFile }: RelayCommandOptions,
  { env, homeDir }: RelayCommandContext,
  log: Log,
): Promise<{ token: string | undefined; source: string }> {
  const given = env['CARTER_TOKEN'];
  if (given) {
    if (isToken(given)) return { token: given, source: 'that of CARTER_TOKEN' };
    throw new BridgeError('relay/token', 'CARTER_TOKEN holds no token of 8 to 512 visible characters', {
      hint: 'for example one of `openssl rand -hex 16`',
    });
  }
  if (tokenFile === undefined && isLoopback(host)) return { token: undefined, source: 'none' };
  const state = env['XDG_STATE_HOME'] || join(homeDir, '.local', 'state');
  const file = tokenFile ?? join(state, 'carter-bridge', 'relay-token');
  return { token: await loadOrCreateToken(file, log), source: `in ${file}` };
}
