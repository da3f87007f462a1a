import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** The caller's own mistake, which no user sees. */
const INTERNAL = new Set(['pin/closed']);

it('the manual of the pins explains every code that a user may see', () => {
  const sources = readdirSync(join(ROOT, 'src/port')).map((name) => readFileSync(join(ROOT, 'src/port', name), 'utf8'));
  const thrown = new Set(sources.flatMap((text) => text.match(/(?<=BridgeError\(\s*')pin\/[a-z-]+(?=')/g) ?? []));
  const manual = readFileSync(join(ROOT, 'devices/gpio/README.md'), 'utf8');
  const explained = new Set(manual.match(/(?<=^\| `)pin\/[a-z-]+(?=`)/gm));
  expect([...explained].sort()).toEqual([...thrown].filter((code) => !INTERNAL.has(code)).sort());
});
