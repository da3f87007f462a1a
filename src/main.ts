#!/usr/bin/env node
import './small-heap.js';
import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { basename, relative } from 'node:path';
import { drivers } from '../devices/index.js';
import { runProgram } from './cli/program.js';
import { systemKernel } from './port/chip-pins-kernel.js';
import { settleLeftover } from './port/leftover-outputs.js';
import { describeGpio } from './port/pin-backend.js';
import { stableName } from './port/serial-path.js';
import { SYSTEM_ROOTS } from './port/system-roots.js';
import { systemClock } from './system-clock.js';

/** After a signal the orderly stop has this long; then the process ends as it is. */
const HARD_STOP_MS = 4_000;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
    setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
  });
}
process.on('uncaughtException', (error) => {
  console.error(`carter-bridge: internal error: ${error.stack ?? error.message}`);
  if (stop.signal.aborted) process.exit(70);
  // Outputs still have to be made safe; EX_SOFTWARE of sysexits.h tells a service manager to start anew.
  process.exitCode = 70;
  stop.abort();
  setTimeout(() => process.exit(70), HARD_STOP_MS).unref();
});
// A reader that went away (`| head`) ends commands that are there to be watched; the others go on.
const unread = new AbortController();
process.stdout.on('error', () => unread.abort());
// A log that nobody takes any more stops nothing: there is no place left to say so, and the devices matter more.
process.stderr.on('error', () => {});

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** What to type to get here again: the installed command, or node and the path in a checkout. */
function programName(script = ''): string {
  return basename(script) === 'main.js' ? `node ${relative('', script)}` : 'carter-bridge';
}

const code = await runProgram(process.argv.slice(2), {
  drivers,
  version,
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
  unread: unread.signal,
  stableName: (path) => stableName(path),
  settle: (output) => settleLeftover(output, { kernel: systemKernel, roots: SYSTEM_ROOTS }),
  gpio: async () => describeGpio({ kernel: systemKernel, roots: SYSTEM_ROOTS }),
  logIsTerminal: process.stderr.isTTY,
  logStream: process.stderr,
});
process.exit(process.exitCode ?? code);
