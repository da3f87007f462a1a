import type { Clock } from '../clock.js';
import type { DriverRegister } from '../device/driver-kind.js';
import type { MachineFacts } from '../doctor/machine.js';
import type { LeftoverOutput } from '../port/pin.js';

/** Size of a terminal: characters per line, and lines. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
}

/** What a sub-command gets of the world outside; only main.ts knows the process itself. */
export interface CliContext {
  readonly drivers: DriverRegister;
  readonly version: string;
  /** How the user calls this program. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
  readonly hostname: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** The text of a file of this package. */
  readonly shipped: (path: string) => string;
  /** Prints a line of results. */
  readonly out: (line: string) => void;
  /** Prints a line of problems. */
  readonly err: (line: string) => void;
  /** The terminal that shows the results, as large as it is now; undefined where they go elsewhere. */
  readonly terminal: () => Terminal | undefined;
  /** Aborts when the user wants the command to end. */
  readonly signal: AbortSignal;
  /** Calls `reload` from now on when the user wants the command to read its config anew, which would end it otherwise. */
  readonly onReload: (reload: () => void) => void;
  /** Aborts when nobody reads the results any more (`| head`). */
  readonly unread: AbortSignal;
  /** The lasting name of a serial port that is plugged in; undefined where it has none. */
  readonly stableName: (path: string) => string | undefined;
  /** What the doctor has to know of this process. */
  readonly machine: MachineFacts;
  /** Puts an output that a dead process left on to its safe level; its name, where there was one. Throws `pin/…`. */
  readonly settle: (output: LeftoverOutput) => string | undefined;
  /** Whether GPIO can be used here, in a sentence. */
  readonly gpio: () => Promise<string>;
  /** True where a person sees the log. */
  readonly logIsTerminal: boolean;
  /** Where log lines go. */
  readonly logStream: { write(text: string): void };
}

/** Exit codes: 0 ok, 1 failure (also: a config that can't be read), 2 usage, 78 bad config (EX_CONFIG of sysexits.h). */
export const EXIT = { ok: 0, failure: 1, usage: 2, config: 78 } as const;

/** Resolves when the user wants the command to end. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
