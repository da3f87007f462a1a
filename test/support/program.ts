import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The built program. */
export const MAIN = join(import.meta.dirname, '../../dist/src/main.js');

/** A run of the built program: its output so far, its exit code. */
export class Program {
  readonly child: ChildProcess;
  out = '';
  err = '';
  /** Resolves with the exit code; null after a signal that killed it. */
  readonly exited: Promise<number | null>;
  private readonly listeners = new Set<() => void>();

  /** `log`: the file that takes the problems, instead of `err`. */
  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}, log: 'pipe' | number = 'pipe') {
    this.child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', log],
    });
    this.child.stdout?.on('data', (chunk) => this.add(String(chunk), ''));
    this.child.stderr?.on('data', (chunk) => this.add('', String(chunk)));
    this.exited = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** Resolves with the match once the output (results and problems) has one. */
  async shows(pattern: RegExp, ms = 10_000): Promise<RegExpMatchArray> {
    return await new Promise((resolve, reject) => {
      const look = () => {
        const match = `${this.out}\n${this.err}`.match(pattern);
        if (!match) return;
        end();
        resolve(match);
      };
      const end = () => {
        clearTimeout(timer);
        this.listeners.delete(look);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`no ${pattern} within ${ms} ms in:\n${this.out}\n${this.err}`));
      }, ms);
      this.listeners.add(look);
      look();
    });
  }

  /** Sends a signal and resolves with the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.child.kill(signal);
    return await this.exited;
  }

  private add(out: string, err: string): void {
    this.out += out;
    this.err += err;
    for (const listener of [...this.listeners]) listener();
  }
}

/** Runs the program to its end. */
export async function runProgram(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Program & { code: number | null }> {
  const program = new Program(args, env);
  const code = await program.exited;
  return Object.assign(program, { code });
}
