#!/usr/bin/env node
import './small-heap.js';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcess } from './end-process.js';

/** After a signal the orderly stop has this long; then the process ends as it is. */
const HARD_STOP_MS = 4_000;

/** Ends at once, also where work hangs in the system. */
function end(code: number): never {
  endProcess(code);
  process.exit(code);
}

// Whatever is made is for its owner's eyes from its first moment on: sockets get their mode only after they listen.
process.umask(0o077);

const stop = new AbortController();
let reload: (() => void) | undefined;
const signalled = () => {
  if (stop.signal.aborted) end(130);
  stop.abort();
  setTimeout(() => end(1), HARD_STOP_MS).unref();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, signalled);
const hadTerminal = hasTerminal();
const hungUp = () => {
  // The signal of a terminal that was closed, too: whoever watched is gone, and nobody asked for anything.
  if (reload && hadTerminal === hasTerminal()) reload();
  else signalled();
};
let loading = true;
let early = false;
process.on('SIGHUP', () => {
  if (loading) early = true;
  else hungUp();
});
process.on('uncaughtException', (error) => {
  console.error(`carter-bridge: internal error: ${error.stack ?? error.message}`);
  if (stop.signal.aborted) end(70);
  // Outputs still have to be made safe; EX_SOFTWARE of sysexits.h tells a service manager to start anew.
  process.exitCode = 70;
  stop.abort();
  setTimeout(() => end(70), HARD_STOP_MS).unref();
});
// A reader that went away (`| head`) ends commands that are there to be watched; the others go on.
const unread = new AbortController();
process.stdout.on('error', () => unread.abort());
// A log that nobody takes any more stops nothing: there is no place left to say so, and the devices matter more.
process.stderr.on('error', () => {});

const shipped = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { version } = JSON.parse(shipped('package.json')) as { version: string };

/** What to type to get here again: the installed command, or node and the path in a checkout. */
function programName(script = ''): string {
  return basename(script) === 'main.js' ? `node ${relative('', script)}` : 'carter-bridge';
}

/** Whether a terminal controls this process (tty(4)). */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r+'));
    return true;
  } catch {
    return false;
  }
}

/** A user of a container may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

// Only now: all that is imported statically is compiled before the first of it runs, and that alone would grow the nursery.
const { drivers } = await import('../devices/index.js');
const { runProgram } = await import('./cli/program.js');
const { systemKernel } = await import('./port/chip-pins-kernel.js');
const { settleLeftover } = await import('./port/leftover-outputs.js');
const { describeGpio } = await import('./port/pin-backend.js');
const { stableName } = await import('./port/serial-path.js');
const { SYSTEM_ROOTS } = await import('./port/system-roots.js');
const { systemClock } = await import('./system-clock.js');

const running = runProgram(process.argv.slice(2), {
  drivers,
  version,
  shipped,
  program: programName(process.argv[1]),
  env: process.env,
  homeDir: homedir(),
  hostname: hostname(),
  clock: systemClock(),
  random: Math.random,
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  // Some terminals, such as serial consoles, do not know their size.
  terminal: () =>
    process.stdout.isTTY ? { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 } : undefined,
  signal: stop.signal,
  onReload: (listener) => {
    reload = listener;
  },
  unread: unread.signal,
  stableName: (path) => stableName(path),
  machine: {
    user: { uid: process.getuid?.() ?? 0, name: userName(), groups: process.getgroups?.() ?? [] },
    node: { version: process.version, abi: process.versions.modules, execPath: process.execPath },
    arch: process.arch,
    home: fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, ''),
    load: (name) => import(name),
    chipKernel: systemKernel,
  },
  settle: (output) => settleLeftover(output, { kernel: systemKernel, roots: SYSTEM_ROOTS }),
  gpio: async () => describeGpio({ kernel: systemKernel, roots: SYSTEM_ROOTS }),
  logIsTerminal: process.stderr.isTTY,
  logStream: process.stderr,
});
loading = false;
// Whoever can reload has said so by then.
if (early) setImmediate(hungUp);
const code = await running;
const exitCode = Number(process.exitCode ?? code);
if (stop.signal.aborted) end(exitCode);
process.exit(exitCode);
