import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { canPin } from './child.mjs';
import { ROWS } from './rows.mjs';
import { median, range, short } from './statistics.mjs';

/** @typedef {{ id: string, ours: number, floor?: number, ratio?: number, spread?: object, noise?: object, verdict: string }} Result */

/**
 * The rows that were measured.
 * @param {{ ours: object, floor: object }[]} pairs figures by row of each pair @param {{ ours: object, floors: object }} single
 * @returns {Result[]}
 */
export function results(pairs, single) {
  const measured = [];
  for (const row of ROWS) {
    const ours = pairs.map((pair) => pair.ours[row.id]).filter((value) => value !== undefined);
    const floors = pairs.map((pair) => pair.floor[row.id]).filter((value) => value !== undefined);
    if (ours.length === 0 && single.ours[row.id] !== undefined) ours.push(single.ours[row.id]);
    if (floors.length === 0 && single.floors[row.id] !== undefined) floors.push(single.floors[row.id]);
    if (ours.length > 0) measured.push(result(row, ours, floors));
  }
  return measured;
}

function result(row, ours, floors) {
  const figure = { id: row.id, ours: median(ours) };
  if (floors.length > 0) figure.floor = median(floors);
  if (row.ratio) {
    figure.ratio = figure.ours / figure.floor;
    figure.spread = range(ours.map((value, n) => value / floors[n]));
  }
  // What the same program measures from run to run: no ratio is better known than this.
  if (floors.length > 1) figure.noise = range(floors.map((value) => value / figure.floor));
  return { ...figure, verdict: verdict(row, row.ratio ? figure.ratio : figure.ours) };
}

function verdict({ bar, stretch, atLeast }, value) {
  const holds = (limit) => (atLeast ? value >= limit : value <= limit);
  if (!holds(bar)) return 'MISSED';
  return stretch === undefined || holds(stretch) ? 'goal' : 'bar';
}

/** The table as Markdown. @param {Result[]} measured */
export function table(measured) {
  const head = '| row | what | ours | floor | ratio (min–max) | floor ÷ its median | bar | stretch | verdict |';
  const lines = measured.map(({ id, ours, floor, ratio, spread, noise, verdict: word }) => {
    const { what, unit, bar, stretch, atLeast } = ROWS.find((row) => row.id === id);
    const figure = (value) => (value === undefined ? '' : `${short(value)} ${unit}`.trim());
    const limit = (value) => (value === undefined ? '' : `${atLeast ? '≥' : '≤'} ${short(value)}`);
    const between = (pair) => (pair === undefined ? '' : `${short(pair.least)}–${short(pair.greatest)}`);
    const ratioText = ratio === undefined ? '' : `${short(ratio)} (${between(spread)})`;
    const cells = [id, what, figure(ours), figure(floor), ratioText, between(noise), limit(bar), limit(stretch), word];
    return `| ${cells.join(' | ')} |`;
  });
  return [head, '|---|---|---|---|---|---|---|---|---|', ...lines].join('\n');
}

/** Where and how the figures were taken. */
export function circumstances(options) {
  const [first] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: `${cpus().length} × ${first?.model.trim() ?? 'unknown'}`,
    pinned: canPin,
    pairs: options.pairs,
    quick: options.quick,
  };
}

/** What became of each figure since the file was written. @param {Result[]} measured */
export function comparison(measured, file) {
  const before = new Map(JSON.parse(readFileSync(file, 'utf8')).results.map((old) => [old.id, old]));
  return measured.flatMap(({ id, ours, ratio }) => {
    const old = before.get(id);
    if (!old) return [`${id}: new`];
    const [was, is] = ratio === undefined ? [old.ours, ours] : [old.ratio, ratio];
    const change = was === 0 ? '' : ` (${is >= was ? '+' : ''}${Math.round((100 * (is - was)) / was)} %)`;
    return [`${id}: ${short(was)} → ${short(is)}${change}`];
  });
}

const END = '<!-- figures: end -->';

/** Puts the table between the markers of a page that name the command which writes it. */
export function writeTable(file, text, command = 'npm run bench:perf -- --write') {
  const page = readFileSync(file, 'utf8');
  const begin = `<!-- figures: begin, written by \`${command}\` -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`${file} has no markers for the figures of \`${command}\``);
  writeFileSync(file, `${page.slice(0, from + begin.length)}\n${text}\n${page.slice(to)}`);
}
