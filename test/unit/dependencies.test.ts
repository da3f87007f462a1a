import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');
const { dependencies, optionalDependencies } = JSON.parse(read('package.json'));
const lock = JSON.parse(read('package-lock.json')).packages as Record<string, Locked>;
const shipped = Object.entries(lock).filter(([path, { dev }]) => path !== '' && dev !== true);
const rows = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| (.+) \| (.+) \| (.+) \|$/gm)].map((match) =>
  match.slice(1),
);

it('each dependency has its line, with the licence that it has', () => {
  expect(rows.map(([name]) => name).sort()).toEqual(Object.keys({ ...dependencies, ...optionalDependencies }).sort());
  for (const [name, purpose, reason, licence] of rows) {
    expect(purpose?.length, name).toBeGreaterThan(5);
    expect(reason?.length, name).toBeGreaterThan(5);
    expect(lock[`node_modules/${name}`]?.license, name).toBe(licence);
  }
});

it('what ships is told with its checksums, what is bundled too, and nothing that only builds it', () => {
  const run = spawnSync(process.execPath, [join(ROOT, 'scripts/sbom.mjs')], { cwd: ROOT, encoding: 'utf8' });
  const { components } = JSON.parse(run.stdout) as { components: { name: string; hashes?: unknown[] }[] };
  const names = components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...Object.keys(dependencies), 'preact', 'uplot', 'lucide']));
  expect(names.filter((name) => ['vitest', 'typescript', 'esbuild', '@biomejs/biome'].includes(name))).toEqual([]);
  expect(components.filter(({ hashes = [] }) => hashes.length === 0).map(({ name }) => name)).toEqual([]);
});

it('everything that is installed with the program may be passed on with it', () => {
  expect(shipped.length).toBeGreaterThan(50);
  const free = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0']);
  expect(shipped.filter(([, { license = 'none' }]) => !free.has(license)).map(([path]) => path)).toEqual([]);
});

it('everything that is installed with the program is the same for everybody', () => {
  const loose = shipped.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
  expect(loose.map(([path]) => path)).toEqual([]);
});

it('nothing that is installed with the program runs anything then, but what fetches or compiles native parts', () => {
  const scripted = shipped.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
  expect(scripted.toSorted()).toEqual([
    'node_modules/@serialport/bindings-cpp',
    'node_modules/epoll',
    'node_modules/koffi',
  ]);
});
