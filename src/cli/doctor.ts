import { ConfigError, formatProblem } from '../config/config-error.js';
import { defaultConfig, loadConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { askControl } from '../control/client.js';
import { examine } from '../doctor/examine.js';
import type { Finding } from '../doctor/finding.js';
import { Machine } from '../doctor/machine.js';
import { readServiceUnit, type ServiceUnit } from '../doctor/service-unit.js';
import type { BridgeAnswer } from '../doctor/subject.js';
import { describeError, isBridgeError } from '../error.js';
import { printableJson } from '../text.js';
import { type CliContext, EXIT } from './context.js';
import type { ControlOptions } from './control-path.js';
import { controlPath } from './control-path.js';
import { findingLines, summaryOf } from './finding-lines.js';

/** What `doctor` was asked for. */
export interface DoctorOptions extends ControlOptions {
  readonly json?: boolean;
}

/** A bridge that is well answers at once. */
const ANSWER_MS = 3_000;
/** Where the service keeps its state: StateDirectory= of its unit. */
const SERVICE_STATE = '/var/lib/carter-bridge';

/** `doctor`: what is wrong with this machine for a bridge, and the command that puts it right. A failure: anything bad. */
export async function doctorCommand(options: DoctorOptions, context: CliContext): Promise<number> {
  const machine = new Machine(context.machine);
  const unit = readServiceUnit(machine);
  const { config, problems } = configOf(options, unit, machine, context);
  const { stateDir, bridge } = await findBridge(stateDirs(options, config, unit, context), context);
  const { clock, program } = context;
  const devices = config?.devices ?? new Map();
  const findings = [...problems, ...(await examine({ machine, clock, program, devices, stateDir, unit, bridge }))];
  const isWell = findings.every(({ level }) => level !== 'bad');
  if (options.json) context.out(printableJson(JSON.stringify({ ok: isWell, findings }, null, 2)));
  else {
    const terminal = context.terminal();
    const style = { columns: terminal?.columns, colour: terminal !== undefined && !context.env['NO_COLOR'] };
    for (const line of findingLines(findings, style)) context.out(line);
    context.out(summaryOf(findings));
  }
  return isWell ? EXIT.ok : EXIT.failure;
}

/** The config that is meant: the one that is named, else the service's where this user may read it. */
function configOf(
  { config: named }: DoctorOptions,
  unit: ServiceUnit | undefined,
  machine: Machine,
  context: CliContext,
): { config?: Config; problems: Finding[] } {
  const file =
    named ?? (unit?.config !== undefined && machine.text(unit.config) !== undefined ? unit.config : undefined);
  if (file === undefined) return { problems: [] };
  const fix = `${context.program} validate ${file}`;
  try {
    const { config, warnings } = loadConfig(file, context);
    const hints = warnings.map(
      (warning): Finding => ({ check: 'config', level: 'hint', text: formatProblem(warning), fix }),
    );
    return { config, problems: hints };
  } catch (error) {
    if (!isBridgeError(error)) throw error;
    const texts = error instanceof ConfigError ? error.problems.map(formatProblem) : [describeError(error)];
    return { problems: texts.map((text) => ({ check: 'config', level: 'bad', text, fix })) };
  }
}

/** The state folders that the bridge may have, the likeliest first. */
function stateDirs(
  { stateDir }: DoctorOptions,
  config: Config | undefined,
  unit: ServiceUnit | undefined,
  context: CliContext,
): [string, ...string[]] {
  if (stateDir !== undefined) return [stateDir];
  if (config) return [config.bridge.stateDir];
  const own = defaultConfig(context).bridge.stateDir;
  return unit ? [SERVICE_STATE, own] : [own];
}

/** The first folder with a bridge that runs; the first folder of all where none does. */
async function findBridge(
  folders: [string, ...string[]],
  context: CliContext,
): Promise<{ stateDir: string; bridge: BridgeAnswer }> {
  for (const stateDir of folders) {
    const bridge = await ask(stateDir, context);
    if (bridge.is !== 'none') return { stateDir, bridge };
  }
  return { stateDir: folders[0], bridge: { is: 'none' } };
}

async function ask(stateDir: string, context: CliContext): Promise<BridgeAnswer> {
  try {
    const status = await askControl(await controlPath({ stateDir }, context), { op: 'status' }, ANSWER_MS);
    return status.ok ? { is: 'running', status } : { is: 'silent', why: String(status['message']) };
  } catch (error) {
    if (!isBridgeError(error)) throw error;
    if (error.code === 'control/not-running') return { is: 'none' };
    return { is: error.code === 'control/refused' ? 'refused' : 'silent', why: error.message };
  }
}
