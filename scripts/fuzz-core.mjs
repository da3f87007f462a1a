// Fuzzes the Arduino library's core with libFuzzer, addresses and undefined behaviour watched:
// node scripts/fuzz-core.mjs [SECONDS]. Its inputs are kept in test/vectors/core-corpus, a crash in the folder for temporary
// files. Needs clang. Exit code 1 where something was found.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const seconds = Number(process.argv[2] ?? 600);
if (!Number.isInteger(seconds) || seconds < 1) {
  console.error('usage: node scripts/fuzz-core.mjs [SECONDS]');
  process.exit(2);
}
const root = join(import.meta.dirname, '..');
const host = join(root, 'test/firmware/host');
const library = join(root, 'firmware-protocol/arduino/CarterBoard/src');
const corpus = join(root, 'test/vectors/core-corpus');
const cpp = (folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.cpp'))
    .map((file) => join(folder, file));
const work = mkdtempSync(join(tmpdir(), 'carter-fuzz-'));
try {
  const sources = [
    ...cpp(join(host, 'fuzz')),
    join(host, 'machine.cpp'),
    join(host, 'manifest.cpp'),
    ...cpp(join(library, 'core')),
  ];
  const flags = ['-std=gnu++11', '-O1', '-g', '-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all'];
  run('clang++', [...flags, `-I${host}`, `-I${library}`, ...sources, '-o', join(work, 'fuzz')]);
  mkdirSync(corpus, { recursive: true });
  const words = join(work, 'words');
  writeFileSync(words, dictionary());
  const fresh = join(work, 'corpus');
  const seeds = join(work, 'seeds');
  mkdirSync(fresh);
  mkdirSync(seeds);
  for (const [n, line] of vectors().entries())
    writeFileSync(join(seeds, `line${n}`), `${String.fromCharCode(line.length + 1)}${line}\n`);
  run(join(work, 'fuzz'), [
    `-max_total_time=${seconds}`,
    `-dict=${words}`,
    '-max_len=512',
    '-print_final_stats=1',
    '-verbosity=0',
    `-artifact_prefix=${tmpdir()}/carter-core-`,
    fresh,
    corpus,
    seeds,
  ]);
  // Only what reaches code that nothing else does is kept.
  const kept = join(work, 'kept');
  mkdirSync(kept);
  run(join(work, 'fuzz'), ['-merge=1', '-verbosity=0', kept, corpus, seeds, fresh]);
  rmSync(corpus, { recursive: true });
  cpSync(kept, corpus, { recursive: true });
  console.log(`${seconds} s without a finding; ${readdirSync(corpus).length} inputs kept`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true });
}

function run(program, args) {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error || status !== 0) {
    throw new Error(
      error?.code === 'ENOENT' ? `${program} not found: sudo apt-get install clang` : `${program} failed`,
    );
  }
}

/** The lines of the protocol's vectors, with right checksums, which no fuzzer finds by itself. */
function vectors() {
  const { host: lines } = JSON.parse(readFileSync(join(root, 'firmware-protocol/vectors.json'), 'utf8'));
  return [...lines.valid, ...lines.invalid].map(({ line }) => line).filter((line) => line.length < 120);
}

function dictionary() {
  const words = [
    ...vectors(),
    ...'hello describe reading set pulse alive stop limit pump fan mode sign turnout temp'.split(' '),
  ];
  return words
    .map(
      (word) =>
        `"${[...Buffer.from(`${word}\n`)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"\n`,
    )
    .join('');
}
