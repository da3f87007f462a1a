import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bridge } from '../bridge.js';
import { defaultConfig, loadConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { LogRing } from '../panel/log-ring.js';
import { joinVirtualPorts } from '../port/virtual-cable.js';
import { printable } from '../text.js';
import { emulatedBoards, plugBoards, sampleBoards } from './bench-boards.js';
import { type CliContext, EXIT, untilAborted } from './context.js';
import { joinRelay } from './join-relay.js';
import { LiveView } from './live-view.js';
import { openLog } from './open-log.js';
import { type RecordOptions, recorded } from './record.js';
import { bridgeParts, panelAt } from './run.js';

/** What `bench` was asked for. */
export interface BenchOptions extends RecordOptions {
  /** So many simulated boards; where absent a few, and one with real firmware. */
  readonly boards?: number;
  readonly config?: string;
  readonly pty?: string;
  readonly port: number;
  /** Port of the panel; 8080, or any free one where absent. */
  readonly panelPort?: number;
}

const PANEL_PORT = 8080;

/** `bench`: relay, boards without hardware and bridge in one process on this machine, with their live values, until interrupted. */
export async function benchCommand(options: BenchOptions, context: CliContext): Promise<number> {
  const { clock, drivers, program, signal, terminal } = context;
  let view: LiveView | undefined;
  const heading: string[] = [];
  const out = (line: string) => {
    heading.push(line);
    context.out(line);
  };
  const write = (text: string) => {
    view?.clear();
    context.logStream.write(text);
  };
  const folder = await mkdtemp(join(tmpdir(), 'carter-bench-'));
  const undo: (() => Promise<void> | void)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const lines = new LogRing();
    const log = openLog(
      { level: 'warn', pretty: true, also: (line) => lines.add(line) },
      { ...context, logStream: { write } },
    );
    const makesUp = options.config === undefined && options.pty === undefined;
    const samples = sampleBoards(makesUp ? options.boards : 0, drivers);
    const wanted = benchConfig(options, folder, context, samples);
    const emulated = await emulatedBoards(wanted.devices, context);
    const { config, boards, left, pins } = plugBoards(wanted, folder, context, emulated);
    undo.push(() => {
      for (const board of boards) board.close();
    });
    for (const id of left) out(`${id}: its driver has no simulator; left out`);
    const withPty = options.pty === undefined ? config : plugPty(config, options.pty, folder, context, undo);
    const relay = await joinRelay(withPty, clock, log, []);
    undo.push(() => relay.stop());
    const panel = {
      ...panelAt(context),
      port: options.panelPort ?? PANEL_PORT,
      orAnyPort: options.panelPort === undefined,
    };
    const usual = { ...bridgeParts(withPty, relay, context, log), panel, lines, pins };
    const { parts, recorder } = await recorded(options, usual);
    undo.push(() => recorder?.close());
    const bridge = new Bridge(parts);
    await bridge.start();
    undo.push(() => {
      recorder?.note({ bridge: 'stop' });
      return bridge.stop();
    });
    const { namespace } = withPty.bridge;
    const link = bridge.panel?.link();
    if (link !== undefined) out(`panel      ${link}   (for one browser)`);
    out(`relay      ${relay.url}   channel ${printable(withPty.relay.channel)}, no token, this machine only`);
    out(`values     broadcasts {"msg_type":"${namespace}.state", "<device>": {"<point>": value}}`);
    out(`commands   {"msg_type":"${namespace}.cmd", "dev":"<device>", "point":"<point>", "value":…}`);
    for (const board of boards) out(`board      ${board.id}${board.path ? ` on ${board.path}` : ''}: ${board.what}`);
    if (options.pty !== undefined) out(`your port  ${options.pty}: print lines to it, read commands from it`);
    const [first] = boards;
    const state = `--state-dir ${folder}`;
    if (first) out(`try        ${program} get ${first.id} ${state}`);
    if (first && !options.config) out(`           ${program} set ${first.id}.pump on ${state}`);
    out('stop       Ctrl-C');
    out('');
    view = new LiveView({ store: bridge.store, clock, out: context.out, terminal, heading });
    undo.push(() => view?.stop());
    await untilAborted(signal);
    return EXIT.ok;
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

function benchConfig(options: BenchOptions, folder: string, context: CliContext, samples: Config['devices']): Config {
  const { drivers, env, homeDir, hostname } = context;
  const base =
    options.config === undefined
      ? defaultConfig({ drivers, homeDir, hostname })
      : loadConfig(options.config, { drivers, env, homeDir, hostname }).config;
  const devices = options.config === undefined ? samples : base.devices;
  const { channel, roomKey } = base.relay;
  const relay = { channel, roomKey, token: undefined, allowOpenRelay: true };
  const name = options.config === undefined ? 'bench' : base.bridge.name;
  const namespace = options.config === undefined ? 'bench' : base.bridge.namespace;
  return {
    ...base,
    bridge: { name, namespace, stateDir: folder },
    relay: { ...relay, embedded: { port: options.port, host: '127.0.0.1' } },
    devices,
    // A bench is about simulated boards; real ones that are plugged in are none of its business.
    discover: false,
  };
}

/** Adds a virtual port at `path` for the user's own program; the bridge reads whatever it prints. */
function plugPty(
  config: Config,
  path: string,
  folder: string,
  { drivers, clock }: CliContext,
  undo: (() => Promise<void> | void)[],
): Config {
  const lines = drivers.get('lines');
  if (!lines) throw new Error('the register has no driver `lines`');
  const cable = joinVirtualPorts({ link: path, clock }, { link: join(folder, 'script'), clock });
  undo.push(() => cable.close());
  const device = { driver: 'lines', options: lines.options.parse({ port: join(folder, 'script'), boot: '200ms' }) };
  return { ...config, devices: new Map([...config.devices, ['script', device]]) };
}
