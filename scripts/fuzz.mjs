// Fuzzes every parser that eats what somebody outside wrote: node scripts/fuzz.mjs [--minutes N] [--seed N]. Bent examples and
// plain malice, target after target; it watches for exceptions, for calls above 50 ms (half a second for the owner's own files), and for memory that grows. The same
// seed gives the same inputs. Exit code 1 where something was found, which is then printed.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';

const HANG_MS = 50;
/** The same for files that the owner names. */
const FILE_MS = 500;
const RUNS_A_TURN = 500;
/** What the heap may grow by after the first round, in MiB: caches fill, nothing else. */
const GROWTH = 64;
const MIB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes ?? 2);
const seed = Number(values.seed ?? 1);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('usage: node scripts/fuzz.mjs [--minutes N] [--seed N]');
  process.exit(2);
}

const work = mkdtempSync(join(root, 'node_modules/.fuzz-'));
try {
  const entries = ['test/support/fuzz-targets.ts', 'test/support/fuzz-input.ts', 'src/device/seeded-random.ts'];
  await build({
    entryPoints: entries.map((entry) => join(root, entry)),
    outdir: work,
    outbase: root,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
  });
  const [{ fuzzTargets }, { bent, plainMalice }, { seededRandom }] = await Promise.all(
    entries.map((entry) => import(join(work, entry.replace(/ts$/, 'mjs')))),
  );
  const { targets, release } = fuzzTargets(join(root, 'scripts/examples'));
  process.exitCode = fuzz(targets, { bent, plainMalice, random: seededRandom(seed) }) ? 0 : 1;
  release();
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Runs until the time is over; true where nothing was found. */
function fuzz(targets, { bent, plainMalice, random }) {
  const rows = targets.map((target) => ({ target, runs: 0, slowest: 0 }));
  const findings = [];
  const end = performance.now() + minutes * 60_000;
  for (const row of rows) for (const input of plainMalice(row.target.longest)) findings.push(...tryOne(row, input));
  let began;
  do {
    for (const row of rows) {
      const { seeds, longest } = row.target;
      for (let i = 0; i < RUNS_A_TURN; i++) findings.push(...tryOne(row, bent(seeds, random, longest)));
      if (performance.now() > end) break;
    }
    began ??= heldNow();
  } while (performance.now() < end && findings.length < 20);
  const held = heldNow();
  const grown = { heap: held.heap - began.heap, rss: held.rss - began.rss };
  console.table(
    rows.map(({ target, runs, slowest }) => ({ parser: target.name, runs, 'slowest ms': Number(slowest.toFixed(1)) })),
  );
  const runs = rows.reduce((sum, row) => sum + row.runs, 0);
  console.log(
    `seed ${seed}, ${minutes} min, ${runs} runs; RSS ${mib(held.rss)} MiB, ${mib(grown.rss)} more than after round one`,
  );
  if (grown.heap > GROWTH * MIB) findings.push(`the heap grew by ${mib(grown.heap)} MiB`);
  for (const finding of findings) console.error(finding);
  return findings.length === 0;
}

/** Gives a target one input, and again where it took long: another program may have had the processor. */
function tryOne(row, input) {
  const most = row.target.atLeisure ? FILE_MS : HANG_MS;
  const quoted = JSON.stringify(input.length > 400 ? `${input.slice(0, 400)}… (${input.length})` : input);
  try {
    let ms = timed(row, input);
    for (let i = 0; i < 4 && ms > most; i++) ms = Math.min(ms, timed(row, input));
    row.slowest = Math.max(row.slowest, ms);
    if (ms > most) return [`${row.target.name}: ${ms.toFixed(0)} ms for ${quoted}`];
  } catch (error) {
    return [`${row.target.name}: ${error.stack} for ${quoted}`];
  }
  return [];
}

function timed(row, input) {
  const began = performance.now();
  row.target.run(input);
  row.runs++;
  return performance.now() - began;
}

/** What is held, garbage apart. */
function heldNow() {
  collect();
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed };
}

function mib(bytes) {
  return Math.round(bytes / MIB);
}
