// The parsers that are fuzzed, as modules of JavaScript: as they are, and with counters at their branches.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { instrument } from './instrument.mjs';

const ENTRIES = ['test/support/fuzz-targets.ts', 'test/support/fuzz-input.ts', 'src/device/seeded-random.ts'];
/** Packages that read what comes from outside, and whose branches count as ours do. */
const PARSERS = ['yaml', 'jsep', 're2js', '@eslint-community/regexpp'];

/** Builds both into a folder and loads them. */
export async function loadModules(root, folder) {
  const [plain, bundled] = ['plain', 'counting'].map((name) => join(folder, name));
  const common = { bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' };
  await build({
    ...common,
    entryPoints: ENTRIES.map((entry) => join(root, entry)),
    outdir: plain,
    outbase: root,
    splitting: true,
    packages: 'external',
    outExtension: { '.js': '.mjs' },
  });
  const [{ fuzzTargets }, input, { seededRandom }] = await Promise.all(
    ENTRIES.map((entry) => import(join(plain, entry.replace(/ts$/, 'mjs')))),
  );
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const external = Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !PARSERS.includes(name));
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join(root, ENTRIES[0])],
    write: false,
    external,
    // Packages of the older kind ask for what belongs to Node.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const { source, words } = instrument(outputFiles[0].text);
  writeFileSync(`${bundled}.mjs`, source);
  const { fuzzTargets: countingTargets, $hits: hits } = await import(`${bundled}.mjs`);
  return { fuzzTargets, countingTargets, hits, words, seededRandom, ...input };
}
