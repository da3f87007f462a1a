// Fuzzes every parser that eats what somebody outside wrote: node scripts/fuzz.mjs [--minutes N] [--seed N] [--keep].
// Half of the time it gives them bent examples and plain malice; the other half it bends on whatever led a parser where nothing
// led it before. It watches for exceptions, for calls above 50 ms or without an end, and for memory that grows. The same seed
// gives the same inputs, as many as there is time for, but for what is sealed, as that tells its time. `--keep` adds what it
// found its way with to test/vectors/parser-corpus.json. Exit code 1 where something was found, which is then printed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Heap } from './fuzz/heap.mjs';
import { loadModules } from './fuzz/modules.mjs';
import { Search } from './fuzz/search.mjs';
import { Watch } from './fuzz/watch.mjs';

const HANG_MS = 50;
const RUNS_A_TURN = 500;
const TURN_MS = 200;
const ENOUGH = 20;
/** Longer ones are not kept. */
const LONGEST_KEPT = 512;

const root = join(import.meta.dirname, '..');
const corpusFile = join(root, 'test/vectors/parser-corpus.json');
const options = { minutes: { type: 'string' }, seed: { type: 'string' }, keep: { type: 'boolean' } };
const { values } = parseArgs({ options });
const minutes = Number(values.minutes ?? 2);
const seed = Number(values.seed ?? 1);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('usage: node scripts/fuzz.mjs [--minutes N] [--seed N] [--keep]');
  process.exit(2);
}
const half = (minutes * 60_000) / 2;

const watch = new Watch();
const work = mkdtempSync(join(root, 'node_modules/.fuzz-'));
try {
  const modules = await loadModules(root, work);
  const examples = join(root, 'scripts/examples');
  const plain = modules.fuzzTargets(examples);
  const counting = modules.countingTargets(examples);
  const rows = plain.targets.map((target) => ({ target, runs: 0, slowest: 0 }));
  const findings = bend(rows, modules);
  if (findings.length === 0) findings.push(...search(rows, counting.targets, modules));
  for (const finding of findings) console.error(finding);
  process.exitCode = findings.length === 0 ? 0 : 1;
  plain.release();
  counting.release();
} finally {
  await watch.end();
  rmSync(work, { recursive: true, force: true });
}

/** Bends the examples, target after target; returns what was found. */
function bend(rows, { bent, plainMalice, seededRandom }) {
  const random = seededRandom(seed);
  const findings = rows.flatMap((row) => plainMalice(row.target.longest).flatMap((input) => tryOne(row, input)));
  const heap = new Heap();
  const end = performance.now() + half;
  do {
    for (const row of rows) {
      const { seeds, longest } = row.target;
      for (let i = 0; i < RUNS_A_TURN; i++) findings.push(...tryOne(row, bent(seeds, random, longest)));
      if (performance.now() > end) break;
    }
    heap.round();
  } while (performance.now() < end && findings.length < ENOUGH);
  const told = ({ target, runs, slowest }) => ({ parser: target.name, runs, 'slowest ms': Number(slowest.toFixed(1)) });
  console.table(rows.map(told));
  const runs = rows.reduce((sum, row) => sum + row.runs, 0);
  return [...findings, ...heap.grown(`bent examples: seed ${seed}, ${minutes / 2} min, ${runs} runs`)];
}

/** Lets what leads to new places lead on; what looks like a finding is tried without the counting. */
function search(rows, targets, { bent, hits, words, WORDS, seededRandom }) {
  const all = [...WORDS, ...words];
  const known = JSON.parse(readFileSync(corpusFile, 'utf8'));
  const findings = [];
  const searches = targets.map((target, i) => {
    const bend = (inputs, random, longest) => bent(inputs, random, longest, random() < 0.5 ? WORDS : all);
    const random = seededRandom(seed + i);
    const watched = { ...target, run: (input) => run(target, input) };
    const search = new Search(watched, hits, bend, random, HANG_MS);
    search.begin(target.seeds);
    const examples = search.places;
    search.begin(known[target.name] ?? []);
    return { search, row: rows[i], examples, begun: search.places, ms: 0 };
  });
  const heap = new Heap();
  const end = performance.now() + half;
  do {
    for (const one of searches) {
      const began = performance.now();
      one.search.go(TURN_MS);
      one.ms += performance.now() - began;
      for (const input of one.search.suspects.splice(0)) findings.push(...tryOne(one.row, input));
      if (performance.now() > end) break;
    }
    heap.round();
  } while (performance.now() < end && findings.length < ENOUGH);
  const told = ({ search, row, examples, begun, ms }) => ({
    parser: row.target.name,
    runs: search.runs,
    'runs/s': Math.round((search.runs / ms) * 1000),
    'branches: examples': examples,
    known: begun,
    now: search.places,
    inputs: search.inputs,
  });
  console.table(searches.map(told));
  const runs = searches.reduce((sum, { search }) => sum + search.runs, 0);
  findings.push(...heap.grown(`led by branches: seed ${seed}, ${minutes / 2} min, ${runs} runs`));
  if (values.keep) keep(searches.map(({ search }) => search));
  return findings;
}

/** Writes down the shortest inputs that lead everywhere. */
function keep(searches) {
  const short = ({ length }) => length <= LONGEST_KEPT;
  const corpus = Object.fromEntries(searches.map((search) => [search.target.name, search.kept().filter(short)]));
  writeFileSync(corpusFile, `${JSON.stringify(corpus, undefined, 1)}\n`);
}

/** Gives a target one input, and again where it took long: what was thrown away before may have been collected just then. */
function tryOne(row, input) {
  const quoted = JSON.stringify(input.length > 400 ? `${input.slice(0, 400)}… (${input.length})` : input);
  try {
    let ms = timed(row, input);
    for (let i = 0; i < 4 && ms > HANG_MS; i++) ms = Math.min(ms, timed(row, input));
    row.slowest = Math.max(row.slowest, ms);
    if (ms > HANG_MS) return [`${row.target.name}: ${ms.toFixed(0)} ms for ${quoted}`];
  } catch (error) {
    return [`${row.target.name}: ${error.stack} for ${quoted}`];
  }
  return [];
}

/** How long it takes an input, in milliseconds, without what another program had the processor for. */
function timed(row, input) {
  const before = process.cpuUsage();
  const began = performance.now();
  run(row.target, input);
  const took = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  row.runs++;
  return Math.min(took, (user + system) / 1000);
}

function run(target, input) {
  watch.next(input);
  target.run(input);
}
