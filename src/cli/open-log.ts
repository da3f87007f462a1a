import type { LogLine } from '../log-line.js';
import { createLogger, type LogLevel, type ProgramLog } from '../logger.js';
import type { CliContext } from './context.js';

/** What is written to the log of a command, and how. */
export interface LogWishes {
  readonly level: LogLevel;
  /** Texts that no line may show. */
  readonly secrets?: readonly string[];
  /** True for lines that people read, false for JSON. */
  readonly pretty: boolean;
  /** Gets each line too, as text. */
  readonly also?: (line: LogLine) => void;
}

/** The log of a command; in colours on a terminal, unless NO_COLOR (no-color.org) is set. */
export function openLog(
  wishes: LogWishes,
  context: Pick<CliContext, 'logStream' | 'logIsTerminal' | 'env'>,
): ProgramLog {
  const { level, secrets = [], pretty, also } = wishes;
  const colour = context.logIsTerminal && !context.env['NO_COLOR'];
  return createLogger({ level, secrets, destination: context.logStream, pretty, colour, also });
}
