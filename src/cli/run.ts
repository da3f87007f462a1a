import { join } from 'node:path';
import { Bridge } from '../bridge.js';
import { deadline } from '../clock.js';
import { formatProblem } from '../config/config-error.js';
import { defaultConfig, type LoadedConfig, loadConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { spareSockets } from '../control/places.js';
import { BridgeError, describeError } from '../error.js';
import { lanAddress } from '../http/address.js';
import type { Log } from '../log.js';
import { type ProgramLog, readByPeople } from '../logger.js';
import { parseRelayUrl } from '../mesh/connection.js';
import type { PanelOptions } from '../panel/local-panel.js';
import { LogRing } from '../panel/log-ring.js';
import { machinePins } from '../port/pins.js';
import { machinePorts } from '../port/ports.js';
import type { Recorder } from '../record/recorder.js';
import { selfCheck } from '../service/self-check.js';
import { serviceManager } from '../service/service-env.js';
import { claimFolder } from '../state/folder-claim.js';
import { ownFolder } from '../state/own-folder.js';
import { printable } from '../text.js';
import { type CliContext, EXIT, untilAborted } from './context.js';
import { controlPath, surroundingsOf } from './control-path.js';
import { type JoinedRelay, joinRelay } from './join-relay.js';
import { openLog } from './open-log.js';
import { showPairing } from './pair.js';
import { asked, showLink } from './panel.js';
import { type RecordOptions, recorded } from './record.js';
import { Reloader } from './reload.js';

/** The whole stop takes at most this long, whatever hangs. */
const STOP_MS = 1_950;

/** `run [--config FILE]`: the bridge, until interrupted. Without a config: a relay for the home network with a token of its own. */
export async function runCommand(options: { config?: string } & RecordOptions, context: CliContext): Promise<number> {
  const reload = { asked: false, now: () => {} };
  if (options.config !== undefined) {
    context.onReload(() => {
      reload.asked = true;
      reload.now();
    });
  }
  const loaded = readConfig(options.config, context);
  const { config, secrets } = loaded;
  const lines = new LogRing();
  const pretty = readByPeople(context.logIsTerminal, context.env);
  const log = openLog({ level: config.log.level, secrets, pretty, also: (line) => lines.add(line) }, context);
  const { uid } = context.machine.user;
  ownFolder(config.bridge.stateDir, uid, log);
  const leave = claimFolder(config.bridge.stateDir, uid);
  try {
    return await runWith({ ...loaded, log, lines }, reload, options, context);
  } finally {
    leave();
  }
}

async function runWith(
  { log, lines, ...loaded }: LoadedConfig & { readonly log: ProgramLog; readonly lines: LogRing },
  reload: { readonly asked: boolean; now: () => void },
  options: { config?: string } & RecordOptions,
  context: CliContext,
): Promise<number> {
  const { config: file } = options;
  const { config, warnings } = loaded;
  for (const warning of warnings) log.warn({}, formatProblem(warning));
  const names = namesOf(context);
  const relay = await joinRelay(config, context.clock, log, names);
  const panelOf = ({ panel }: Config) =>
    panel && { ...panelAt(context), ...panel, names, orAnyPort: file === undefined };
  let bridge: Bridge;
  let recorder: Recorder | undefined;
  try {
    const usual = { ...bridgeParts(config, relay, context, log), lines, panel: panelOf(config) };
    // A service that does not start for its recording of before would never start again.
    const orNothing = context.env['NOTIFY_SOCKET'] !== undefined;
    const { parts, ...recording } = await recorded({ ...options, orNothing }, usual);
    recorder = recording.recorder;
    bridge = new Bridge(parts);
    await bridge.start();
  } catch (error) {
    await relay.stop();
    throw error;
  }
  announce(loaded, relay, bridge.panel?.link(), file, context);
  const service = serviceManager(context.env, context.clock, log);
  service?.ready(async () => await selfCheck(await controlPath({ stateDir: config.bridge.stateDir }, context)));
  const reloader =
    file === undefined
      ? undefined
      : new Reloader({ file, bridge, loaded, relay, names, panel: panelOf, service, recorder, context, log });
  reload.now = () => void reloader?.request();
  // It may have been asked for while all this began.
  if (reload.asked) reload.now();
  await untilAborted(context.signal);
  service?.stopping();
  log.info({}, 'stopping');
  recorder?.note({ bridge: 'stop' });
  const stopping = bridge.stop().then(() => Promise.all([(reloader ?? { relay }).relay.stop(), recorder?.close()]));
  const late = () => new BridgeError('bridge/slow-stop', 'the relay did not stop in time');
  await deadline(context.clock, STOP_MS, stopping, late).catch((error: unknown) => log.warn({}, describeError(error)));
  return EXIT.ok;
}

/** What a bridge of this program is built from, on this machine's ports. */
export function bridgeParts(config: Config, relay: JoinedRelay, context: CliContext, log: Log) {
  const { clock, random, drivers, version, hostname } = context;
  return {
    config,
    relayUrl: relay.url,
    token: relay.token,
    trust: relay.trust,
    dial: relay.dial,
    openRelay: relay.openRelay,
    pairing: relay.pairing,
    drivers,
    version,
    hostname,
    clock,
    random,
    log,
    ports: machinePorts(clock, log),
    pins: machinePins({ clock, log }),
    spareSockets: spareSockets(config.bridge.stateDir, surroundingsOf(context)),
  };
}

/** The panel's page, on this machine only. */
export function panelAt({ machine, hostname }: CliContext): Omit<PanelOptions, 'port' | 'orAnyPort'> {
  return { host: '127.0.0.1', hostname, page: join(machine.home, 'dist/src/panel/page') };
}

/** Names and addresses under which others reach this machine. */
function namesOf({ hostname }: CliContext): string[] {
  const lan = lanAddress();
  return [hostname, `${hostname}.local`, ...(lan === undefined ? [] : [lan])];
}

function readConfig(file: string | undefined, context: CliContext): LoadedConfig {
  const { drivers, homeDir, hostname } = context;
  if (file !== undefined) {
    return loadConfig(file, context);
  }
  const config = defaultConfig({ drivers, homeDir, hostname });
  const relay = { ...config.relay, embedded: { port: 8765, host: '0.0.0.0' } } as Config['relay'];
  return { config: { ...config, relay, panel: { host: '127.0.0.1', port: 8080 } }, warnings: [], secrets: [] };
}

function announce(
  { config }: LoadedConfig,
  relay: JoinedRelay,
  link: string | undefined,
  file: string | undefined,
  context: CliContext,
): void {
  const { out, terminal, program } = context;
  out(
    `bridge ${config.bridge.name} on ${parseRelayUrl(relay.url).display}, channel ${printable(config.relay.channel)}`,
  );
  if (relay.fingerprint !== undefined) out(`the relay's certificate: SHA-256 ${relay.fingerprint}`);
  if (link !== undefined) showLink(link, file, context);
  if (config.devices.size === 0) {
    const where = file === undefined ? 'a config: --config bridge.yaml' : file;
    out(`no devices yet: ${config.discover ? 'plug a board in that says who it is, or ' : ''}name devices in ${where}`);
  }
  if (config.relay.embedded === undefined || !relay.pairing.ok) return;
  // Where output is kept, as in a journal, others could read the keys.
  if (terminal()) showPairing(relay.pairing.text, context);
  else out(`to pair a phone: ${program} pair${asked(file)}`);
}
