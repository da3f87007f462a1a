// Compiles every example of the Arduino library for every board and says what they take:
// node scripts/firmware.mjs [--out FOLDER] [--keep | --check]. With --out their HEX files are written there as
// <example>-<board>.hex; the ones that the repository keeps are renewed with --keep, and compared with --check.
// Exit code 1 when a budget is exceeded or one differs.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BOARDS } from './firmware/boards.mjs';
import { Builder, exampleNames, hexOf, sizeOf } from './firmware/compile.mjs';
import { needToolchain } from './firmware/toolchain.mjs';

/** The library's own cost on the Uno with eight points, in bytes. */
const BUDGET = { flash: 8_192, ram: 600 };
const ROOT = join(import.meta.dirname, '..');
/** The firmware that `bench` runs. */
const SHIPPED = 'devices/board/firmware/greenhouse-uno.hex';
/** The other examples, and the shipped one with its calls marked, for the tests. */
const TESTED = 'test/vectors/avr';

const { values: options } = parseArgs({
  options: { out: { type: 'string' }, keep: { type: 'boolean' }, check: { type: 'boolean' } },
});
const faults = [];
const work = mkdtempSync(join(tmpdir(), 'carter-firmware-'));
try {
  needToolchain();
  if (options.out) mkdirSync(options.out, { recursive: true });
  for (const board of BOARDS) buildAll(board);
} catch (error) {
  faults.push(error.message);
} finally {
  rmSync(work, { recursive: true });
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
    if (board.name === 'uno') keep(SHIPPED.endsWith(`/${file}`) ? SHIPPED : `${TESTED}/${file}`, built);
  }
  if (board.name !== 'uno') return;
  keep(`${TESTED}/marked-uno.hex`, ownSketch(builder, 'marked'));
  cost(builder);
}

function cost(builder) {
  const size = (name) => sizeOf(ownSketch(builder, name).elf);
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

function ownSketch(builder, name) {
  return builder.build(name, [join(import.meta.dirname, `firmware/cost/${name}.ino`)]);
}

function keep(kept, built) {
  const path = join(ROOT, kept);
  const hex = hexOf(built);
  if (options.keep) writeFileSync(path, hex);
  if (options.check && readFileSync(path, 'utf8') !== hex) {
    faults.push(`${kept} is not what its source makes: npm run firmware -- --keep`);
  }
}
