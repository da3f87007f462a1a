import { BridgeError } from '../error.js';
import { printable } from '../text.js';

/** Characters that are shown of each part of a problem. */
const MAX = 1_000;

/** One thing wrong with a config, and where. Lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where in the document, such as `devices.meter.points.temp.filters[0]`; empty for the whole. */
  readonly path: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** A problem as one line: `file:line:col path: message; hint`. Parts of the file may be in it, and whoever wrote that is not trusted. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, path, message, hint } = problem;
  const text = `${path ? `${path}: ` : ''}${message}`;
  return `${printable(file, MAX)}:${line}:${column} ${printable(text, MAX)}${hint ? `; ${printable(hint, MAX)}` : ''}`;
}

/** A config with problems: `config/invalid`. The message holds all of them, one a line, and never a value that is secret. */
export class ConfigError extends BridgeError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super('config/invalid', problems.map(formatProblem).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
