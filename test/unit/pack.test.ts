import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = 'dist/src/panel/page/';
const IMPORT = /(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g;

const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** All files that a program loads, whenever. */
function loadedBy(main: string): Set<string> {
  const loaded = new Set<string>();
  const todo = [main];
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    if (loaded.has(path)) continue;
    loaded.add(path);
    const folder = dirname(path);
    todo.push(...[...textOf(path).matchAll(IMPORT)].map(([, other = '']) => join(folder, other)));
  }
  return loaded;
}

/** What was compiled from types alone. */
const isEmpty = (path: string) => /^export \{\};\s*(\/\/.*)?\s*$/.test(textOf(path));

it('what is packed is what runs: no source, no test, and no code that the program never loads', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  const loaded = loadedBy('dist/src/main.js');
  const code = paths.filter((path) => path.endsWith('.js'));
  expect(code.filter((path) => !loaded.has(path) && !path.startsWith(PAGE) && !isEmpty(path))).toEqual([]);
  expect([...loaded].filter((path) => !paths.includes(path))).toEqual([]);
  expect(paths).toContain(`${PAGE}index.html`);
  expect(paths.filter((path) => /\.(ts|tsx|map|mjs)$|(^|\/)test\//.test(path))).toEqual([]);
});
