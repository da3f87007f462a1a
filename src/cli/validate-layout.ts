import { formatProblem, type Problem } from '../config/config-error.js';
import type { ConfigFile } from '../config/config-file.js';
import { hardwareOf } from '../config/layout-check.js';
import { parseLayout } from '../config/layout-file.js';
import { type ConfigContext, loadConfig } from '../config/load.js';
import { formatPath } from '../config/path.js';
import { Binding } from '../layout/bind.js';
import type { LayoutFinding } from '../layout/finding.js';
import { lint } from '../layout/lint.js';
import { lintHardware } from '../layout/lint-hardware.js';
import { spots } from '../layout/walk.js';
import type { JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';

/** What was found in a layout, as lines in the order of the file, and how much of it is in error. */
export interface LayoutVerdict {
  readonly lines: readonly string[];
  readonly errors: number;
  readonly controls: number;
}

/** Findings told at most. */
const MOST = 200;

/** Checks a layout, with the bindings and devices of a config where one is named. Throws what reading either throws. */
export function checkLayoutFile(
  file: ConfigFile,
  configPath: string | undefined,
  context: ConfigContext,
): LayoutVerdict {
  const { document, locate, path } = parseLayout(file);
  const found = [...lint(document), ...(configPath === undefined ? [] : withConfig(document, configPath, context))];
  const problems = found
    .map((finding) => ({ finding, problem: problemOf(finding, printable(path), locate(finding.path, 'value')) }))
    .sort((a, b) => a.problem.line - b.problem.line || a.problem.column - b.problem.column);
  const lines = problems
    .slice(0, MOST)
    .map(({ finding, problem }) => `${formatProblem(problem)}${finding.severity === 'warning' ? ' (warning)' : ''}`);
  if (problems.length > MOST) lines.push(`and ${problems.length - MOST} more`);
  const errors = found.filter(({ severity }) => severity === 'error').length;
  return { lines, errors, controls: [...spots(document)].length };
}

/** What disagrees with the bindings and the devices of a config. */
function withConfig(document: JsonObject, path: string, context: ConfigContext): LayoutFinding[] {
  const { config } = loadConfig(path, context);
  const { namespace } = config.bridge;
  const binding = new Binding(document, config.layout?.bindings ?? {}, namespace);
  return [...binding.problems, ...lintHardware(binding, namespace, hardwareOf(config, context.drivers))];
}

function problemOf(
  { path, code, message, hint }: LayoutFinding,
  file: string,
  place: { line: number; column: number },
): Problem {
  return { file, ...place, path: formatPath(path), message: `${printable(message)} [${code}]`, hint };
}
