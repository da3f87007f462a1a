import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** A checkout in which nobody has run `npm ci` yet. */
function bareCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'carter-need-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'scripts'));
  for (const name of ['package.json', 'scripts/need.mjs']) copyFileSync(join(ROOT, name), join(folder, name));
  return folder;
}

function run(command: string, args: readonly string[], cwd: string): Promise<{ code: number; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { cwd }, (_error, _out, err) => resolve({ code: child.exitCode ?? -1, err }));
  });
}

it.each([['test'], ['bench'], ['check'], ['docs'], ['format']])(
  'npm run %s says `npm ci` where that has not been done',
  async (script) => {
    const { code, err } = await run('npm', ['run', '--silent', script], bareCheckout());
    expect(err).toMatch(/^npm packages are missing \(\d+ of them\): run `npm ci` first$/m);
    expect(code).toBe(1);
  },
  20_000,
);

it('names the Debian packages where native code has to be built', async () => {
  const folder = bareCheckout();
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: { serialport: '*' } }));
  mkdirSync(join(folder, 'node_modules/serialport'), { recursive: true });
  writeFileSync(join(folder, 'node_modules/serialport/package.json'), '{"main":"index.js"}');
  writeFileSync(join(folder, 'node_modules/serialport/index.js'), 'throw new Error("no native build was found")');
  const { code, err } = await run(process.execPath, ['scripts/need.mjs'], folder);
  expect(err).toMatch(
    /^serialport has no native code .*`sudo apt install python3 make g\+\+`, then `npm rebuild @serialport\/bindings-cpp`\n$/,
  );
  expect(code).toBe(1);
});
