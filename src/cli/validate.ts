import { ConfigError, formatProblem } from '../config/config-error.js';
import { readConfigFile } from '../config/config-file.js';
import { looksLikeLayout } from '../config/layout-file.js';
import { type ConfigContext, parseConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { BridgeError } from '../error.js';
import { printable } from '../text.js';
import { EXIT } from './context.js';
import { checkLayoutFile } from './validate-layout.js';

/** What `validate` needs of its surroundings. */
export interface ValidateDeps extends ConfigContext {
  /** Where the verdict goes. */
  readonly out: (line: string) => void;
  /** Where problems and warnings go. */
  readonly err: (line: string) => void;
}

/**
 * Checks a config or a layout and says what is wrong, one problem a line. A layout is also held against the bindings and
 * devices of `configPath`, where that is given. A failure: a file that can't be read.
 */
export async function validateCommand(path: string, deps: ValidateDeps, configPath?: string): Promise<number> {
  try {
    const file = readConfigFile(path);
    if (looksLikeLayout(file.text)) {
      const { lines, errors, controls } = checkLayoutFile(file, configPath, deps);
      for (const line of lines) deps.err(line);
      if (errors > 0) return EXIT.config;
      deps.out(`${printable(path)}: ok (layout, ${count(controls, 'control')})`);
      return EXIT.ok;
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
