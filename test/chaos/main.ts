import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Report } from './report.js';
import { RECOVERY_MS, type RunOptions, type RunResult, run } from './run.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '100' },
    real: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const runs = Number(values.runs);
if (!Number.isInteger(seed) || !Number.isInteger(runs) || runs < 1) {
  console.error('usage: npm run chaos -- [--seed N] [--runs N] [--real] [--trace]');
  process.exit(2);
}

/** Runs after which memory and file descriptors are what they are to stay. */
const WARM_UP = Math.min(100, Math.ceil(runs / 2));
const PROGRESS = values.real ? 10 : 500;
/** A machine that stands still for so long has nothing to say about the bridge. */
const STOOD_STILL_MS = 200;
const MOST_TRIES = 4;
const MB = 1024 * 1024;

const report = new Report((line) => console.log(line));
process.on('unhandledRejection', (error) => report.stray(error));
let warm = held();
for (let n = 1; n <= runs; n++) {
  const result = await judged({ seed: seed + n - 1, keep: values.trace, real: values.real });
  report.add(result);
  if (values.trace) for (const line of result.trace) console.log(line);
  for (const violation of result.violations) console.log(`seed ${result.seed}: ${violation}`);
  if (n % PROGRESS === 0) console.log(report.last());
  if (n === WARM_UP) warm = held();
}
for (const line of report.lines()) console.log(line);
console.log(`held after ${WARM_UP} runs: ${warm}; in the end: ${held()}`);
console.log(report.last());
process.exitCode = report.failed ? 1 : 0;

/** One run; once more where something was wrong and the machine had other things to do meanwhile. */
async function judged(options: RunOptions): Promise<RunResult> {
  for (let tries = 1; ; tries++) {
    const result = await run(options);
    const { violations, recoveryMs = Number.POSITIVE_INFINITY, stoodStillMs } = result;
    const well = violations.length === 0 && recoveryMs <= RECOVERY_MS;
    if (well || stoodStillMs < STOOD_STILL_MS || tries === MOST_TRIES) return result;
    console.log(`seed ${options.seed} again: the machine stood still for ${stoodStillMs.toFixed(0)} ms`);
  }
}

/** What the process holds, in words. */
function held(): string {
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed / MB;
  return `${heap.toFixed(1)} MB of heap, ${readdirSync('/proc/self/fd').length} file descriptors`;
}
