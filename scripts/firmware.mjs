// Compiles every example of the Arduino library for every board and says what they take:
// node scripts/firmware.mjs [--out FOLDER] [--check]. With --out their HEX files are written there as <example>-<board>.hex;
// with --check the ones that are kept in the repository are compared. Exit code 1 when a budget is exceeded or one differs.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BOARDS } from './firmware/boards.mjs';
import { Builder, exampleNames, hexOf, sizeOf } from './firmware/compile.mjs';
import { needToolchain } from './firmware/toolchain.mjs';

/** The library's own cost on the Uno with eight points, in bytes. */
const BUDGET = { flash: 8_192, ram: 600 };
/** The firmware that `bench` runs. */
const KEPT = join(import.meta.dirname, '../devices/board/firmware/greenhouse-uno.hex');

const { values: options } = parseArgs({ options: { out: { type: 'string' }, check: { type: 'boolean' } } });
const faults = [];
const work = mkdtempSync(join(tmpdir(), 'carter-firmware-'));
try {
  needToolchain();
  if (options.out) mkdirSync(options.out, { recursive: true });
  for (const board of BOARDS) buildAll(board);
} catch (error) {
  faults.push(error.message);
} finally {
  if (!process.env.KEEP) rmSync(work, { recursive: true });
  else console.log(work);
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;

function buildAll(board) {
  const folder = join(work, board.name);
  mkdirSync(folder);
  const builder = new Builder(board, folder);
  for (const name of exampleNames()) {
    const built = builder.example(name);
    report(`${name}, ${board.name}`, sizeOf(built.elf), board);
    const file = `${name.toLowerCase()}-${board.name}.hex`;
    if (options.out) writeFileSync(join(options.out, file), hexOf(built));
    if (KEPT.endsWith(`/${file}`)) keep(hexOf(built));
  }
  if (board.name === 'uno') cost(builder);
}

function cost(builder) {
  const size = (name) => sizeOf(builder.build(name, [join(import.meta.dirname, `firmware/cost/${name}.ino`)]).elf);
  const bare = size('bare');
  const eight = size('eight-points');
  const own = { flash: eight.flash - bare.flash, ram: eight.ram - bare.ram };
  report('the library with 8 points, uno', own, BUDGET);
}

function report(what, { flash, ram }, most) {
  const part = (bytes, of) => `${String(bytes).padStart(6)} of ${String(of).padStart(6)} bytes`;
  console.log(`${what.padEnd(32)} flash ${part(flash, most.flash)}   ram ${part(ram, most.ram)}`);
  if (flash > most.flash || ram > most.ram) faults.push(`${what}: too large`);
}

function keep(hex) {
  if (options.check && readFileSync(KEPT, 'utf8') !== hex) {
    faults.push(`${KEPT} is not what its source makes: npm run firmware -- --out ${join(KEPT, '..')}`);
  }
}
