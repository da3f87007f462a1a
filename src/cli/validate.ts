import { ConfigError, formatProblem } from '../config/config-error.js';
import { readConfigFile } from '../config/config-file.js';
import { type ConfigContext, parseConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { readYaml } from '../config/yaml-source.js';
import { BridgeError } from '../error.js';
import { printable } from '../text.js';
import { EXIT } from './context.js';

/** What `validate` needs of its surroundings. */
export interface ValidateDeps extends ConfigContext {
  /** Where the verdict goes. */
  readonly out: (line: string) => void;
  /** Where problems and warnings go. */
  readonly err: (line: string) => void;
}

/** Checks a config file and says what is wrong, one problem a line. A failure: a file that can't be read, or a layout, which this version can't check. */
export async function validateCommand(path: string, deps: ValidateDeps): Promise<number> {
  try {
    const file = readConfigFile(path);
    if (isLayout(readYaml(file.text, {}).value)) {
      deps.err(`${printable(path)}: this is a layout; layouts aren't checked in this version`);
      return EXIT.failure;
    }
    const { config, warnings } = parseConfig(file, deps);
    for (const warning of warnings) deps.err(`${formatProblem(warning)} (warning)`);
    deps.out(`${printable(path)}: ok (${summary(config)})`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    if (error instanceof ConfigError) {
      for (const problem of error.problems) deps.err(formatProblem(problem));
      return EXIT.config;
    }
    deps.err(`${error.message}${error.hint ? `; ${error.hint}` : ''}`);
    return EXIT.failure;
  }
}

function isLayout(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'tabs');
}

function summary(config: Config): string {
  const points = [...config.devices.values()].reduce((sum, { options }) => sum + pointsOf(options), 0);
  return `${count(config.devices.size, 'device')}, ${count(points, 'point')} listed`;
}

function pointsOf(options: unknown): number {
  const points = (options as { points?: unknown } | null)?.points;
  if (points instanceof Map) return points.size;
  return typeof points === 'object' && points !== null ? Object.keys(points).length : 0;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
