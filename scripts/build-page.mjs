// Bundles the panel's page into dist, with the licences of what is in it; `npm run build` runs it.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLED } from './bundled.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const from = join(root, 'src/panel/page');
const to = join(root, 'dist/src/panel/page');
mkdirSync(to, { recursive: true });

const { metafile } = await build({
  entryPoints: [
    { in: join(from, 'main.tsx'), out: 'panel' },
    { in: join(from, 'styles/panel.css'), out: 'panel' },
  ],
  outdir: to,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  metafile: true,
  logLevel: 'warning',
});
for (const name of ['index.html', 'icon.svg']) copyFileSync(join(from, name), join(to, name));

const packages = new Set(
  Object.keys(metafile.inputs).flatMap((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1] ?? []),
);
const found = [...packages].sort().join(', ');
if (found !== BUNDLED.join(', ')) throw new Error(`the page has ${found} in it; scripts/bundled.mjs says otherwise`);
const licences = BUNDLED.map((name) => {
  const folder = join(root, 'node_modules', name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence text`);
  return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
});
writeFileSync(join(to, 'licences.txt'), licences.join('\n\n'));
