import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { canPin, pinSelf } from './child.mjs';
import { bridge, floor } from './dialect.mjs';
import { FULL, QUICK } from './plan.mjs';
import { circumstances, comparison, results, table, writeTable } from './report.mjs';
import { GROUPS } from './rows.mjs';
import { pairedRun, singleRun } from './session.mjs';

const DOCS = join(import.meta.dirname, '../../docs');

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: Object.keys(GROUPS).join() },
    pairs: { type: 'string', default: '7' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    compare: { type: 'string' },
  },
});
const rows = new Set(
  options.rows.split(',').flatMap((row) => {
    if (!(row in GROUPS)) throw new Error(`no row ${row}; there are ${Object.keys(GROUPS).join()}`);
    // The first of a group is what it is measured by.
    return row === 'S' ? ['S'] : [GROUPS[row][0]];
  }),
);
const count = Number(options.pairs);
const plan = options.quick ? QUICK : FULL;
const say = (text) => process.stderr.write(`${text}\n`);

pinSelf();
if (!canPin) say('processes are not bound to processors here: expect more noise');
const began = performance.now();
const single = await singleRun(rows, plan, say);
const pairs = [];
const isPaired = ['A', 'B', 'C', 'F', 'I', 'L', 'M'].some((row) => rows.has(row));
for (let n = 1; isPaired && n <= count; n++) {
  say(`pair ${n} of ${count}`);
  // Each goes first as often as the other.
  const first = n % 2 === 1 ? bridge : floor;
  const second = first === bridge ? floor : bridge;
  const figures = { [first.name]: await pairedRun(first, rows, plan) };
  figures[second.name] = await pairedRun(second, rows, plan);
  pairs.push(figures);
}

const measured = results(pairs, single);
const where = circumstances({ pairs: count, quick: options.quick });
const text = [
  table(measured),
  '',
  `${where.date}, Node ${where.node}, ${where.cpu}, ${where.pinned ? 'processes bound to processors' : 'not bound'}, ` +
    `medians of ${count} interleaved pairs${where.quick ? ', QUICK' : ''}, ${Math.round((performance.now() - began) / 1000)} s.`,
].join('\n');
console.log(text);
if (options.compare) console.log(`\nSince ${options.compare}:\n${comparison(measured, options.compare).join('\n')}`);
const record = `${JSON.stringify({ ...where, results: measured }, null, 2)}\n`;
if (options.json)
  writeFileSync(options.json, `${JSON.stringify({ ...where, results: measured, runs: pairs, single }, null, 2)}\n`);
if (options.write) {
  writeFileSync(join(DOCS, 'performance.json'), record);
  for (const page of ['performance.md', '../README.md']) writeTable(join(DOCS, page), text);
}
process.exit(measured.some(({ verdict }) => verdict === 'MISSED') ? 1 : 0);
