// Kills a process that writes a state file, at random instants: node scripts/state-kills.mjs [KILLS [SEED]]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../dist/src/device/seeded-random.js';
import { silentLog } from '../dist/src/log.js';
import { STATE_VERSION, StateFile } from '../dist/src/state/state-file.js';

const MAX_LIFE_MS = 60;
const START_MS = 30_000;
const PADDING = 'x'.repeat(20_000);
const isState = (value) => Number.isInteger(value?.n) && value.padding === PADDING;

async function writeForEver(path) {
  const state = new StateFile(path, silentLog);
  for (let n = state.read({ n: 0, padding: PADDING }, isState).n + 1; ; n += 1) {
    if (!(await state.write({ n, padding: PADDING }))) throw new Error('not written');
    process.stdout.write(`${n}\n`);
  }
}

/** Lets one writer live for `ms` after its first write; the number that it said last is on the disk, or the next. */
async function killOne(path, ms) {
  const child = spawn(process.execPath, [import.meta.filename, '--writer', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const closed = once(child, 'close');
  try {
    await once(child.stdout, 'data', { signal: AbortSignal.timeout(START_MS) });
    await new Promise((resolve) => setTimeout(resolve, ms));
  } finally {
    child.kill('SIGKILL');
  }
  const [, signal] = await closed;
  if (signal !== 'SIGKILL') throw new Error('the writer ended by itself');
  const last = Number(said.trim().split('\n').at(-1));
  const { version, ...value } = JSON.parse(readFileSync(path, 'utf8'));
  if (version !== STATE_VERSION || !isState(value) || value.n < last || value.n > last + 1)
    throw new Error(`said ${last}, held ${value.n}`);
}

async function run(kills, seed) {
  const random = seededRandom(seed);
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'carter-state-'));
  const path = join(folder, 'state.json');
  try {
    for (let n = 0; n < kills; n += 1) await killOne(path, random() * MAX_LIFE_MS);
    const { n: writes } = JSON.parse(readFileSync(path, 'utf8'));
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(
      `${kills} kills in ${writes} writes: the file was whole each time, and held the last value or the next; seed ${seed}, ${seconds} s`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[2] === '--writer') await writeForEver(process.argv[3]);
else await run(Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 1));
