import type { CliContext } from '../../src/cli/context.js';

/** What a command that asks a running bridge needs; all that it prints goes into `lines`. */
export function printing(lines: string[]): CliContext {
  const print = (line: string) => void lines.push(line);
  return { out: print, err: print, env: {}, homeDir: '/', machine: { user: { uid: 0 } } } as unknown as CliContext;
}
