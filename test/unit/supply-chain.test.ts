import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
}

const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const direct = ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((kind) =>
  Object.keys(manifest[kind] ?? {}),
);
const tree = Object.entries(lock.packages).filter(([path]) => path !== '');
/** What runs with the bridge. */
const shipped = tree.filter(([, { dev }]) => !dev);

describe('what the program stands on', () => {
  it('is listed whole, each package with its reason and its licence', () => {
    const rows = [...read('docs/dependencies.md').matchAll(/^\| ([@\w/-]+) \| (.+) \| (.+) \|$/gm)]
      .map(([, name, reason = '', licence]) => ({ name, reason, licence }))
      .filter(({ name = '' }) => name !== 'package' && !/^-+$/.test(name));
    expect(rows.map(({ name }) => name).toSorted()).toEqual(direct.toSorted());
    for (const { name, reason, licence } of rows) {
      expect(reason.length, name).toBeGreaterThan(10);
      expect(licence, name).toBe(lock.packages[`node_modules/${name}`]?.license);
    }
  });

  it('is under licences that go with ours', () => {
    const allowed = new Set(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0']);
    const others = shipped.filter(([, { license }]) => !allowed.has(license ?? ''));
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });

  it('runs nothing when it is installed but what compiles or fetches native parts', () => {
    const scripted = shipped.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
    expect(scripted.toSorted()).toEqual([
      'node_modules/@serialport/bindings-cpp',
      'node_modules/epoll',
      'node_modules/koffi',
    ]);
  });

  it('is pinned by checksum, and few', () => {
    const unpinned = shipped.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path);
    expect(unpinned).toEqual([]);
    expect(Object.keys(manifest['dependencies'] ?? {}).length).toBeLessThanOrEqual(20);
  });
});
