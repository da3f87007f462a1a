import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = join(import.meta.dirname, '../hostile');
const SUITES = readdirSync(FOLDER).flatMap((name) => /^(.*)\.test\.ts$/.exec(name)?.[1] ?? []);
const TABLES = readFileSync(join(FOLDER, 'README.md'), 'utf8')
  .split(/^## /m)
  .map((part) => part.split('\n').filter((line) => /^\| (?!---)/.test(line)));

/** What a suite is made of, with the words of its rows. */
const wordsOf = (suite: string) => readFileSync(join(FOLDER, `${suite}.test.ts`), 'utf8');

/** The rows that a cell names, each with the suites that it may be in: those that were named last. */
function rowsOf(cell: string): { suites: string[]; name: string }[] {
  return cell.split(';').flatMap((part) => {
    const suites = [...part.matchAll(/`([\w-]+)`/g)].map(([, suite = '']) => suite);
    return [...part.matchAll(/\*([^*]+)\*/g)].map(([, name = '']) => ({ suites, name }));
  });
}

const named = TABLES.slice(1).flatMap((lines) => lines.slice(1).flatMap((line) => rowsOf(line.split('|')[2] ?? '')));

describe('what is said of the hostile suite', () => {
  it('names every file of it', () => {
    const listed = (TABLES[0] ?? []).flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([\w-]+)`/g)]);
    expect(listed.map(([, suite]) => suite).sort()).toEqual([...SUITES].sort());
  });

  it.each(named)('knows “$name” in $suites', ({ suites, name }) => {
    const parts = name.split('…').map((part) => part.trim());
    expect(suites.some((suite) => parts.every((part) => wordsOf(suite).includes(part)))).toBe(true);
  });
});
