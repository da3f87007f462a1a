import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { validateCommand } from '../../src/cli/validate.js';
import { madeUpDrivers } from '../support/made-up-driver.js';

const folder = mkdtempSync(join(tmpdir(), 'validate-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function validate(text: string | undefined) {
  const path = join(folder, 'b.yaml');
  if (text === undefined) rmSync(path, { force: true });
  else writeFileSync(path, text, { mode: 0o600 });
  const out: string[] = [];
  const err: string[] = [];
  const write = (lines: string[]) => (line: string) => void lines.push(line.replaceAll(path, 'b.yaml'));
  const deps = { env: {}, drivers: madeUpDrivers, homeDir: '/home/pi', out: write(out), err: write(err) };
  return { code: await validateCommand(path, deps), out, err };
}

it('says that a config is fine, and what is worth knowing', async () => {
  const text = 'devices: { a: { driver: madeup, port: auto, points: { t: {}, u: {} } } }\npanel: {}\n';
  expect(await validate(text)).toEqual({
    code: 0,
    out: ['b.yaml: ok (1 device, 2 points listed)'],
    err: ['b.yaml:2:1 panel: has no effect in this version (warning)'],
  });
});

it('prints one line a problem', async () => {
  expect(await validate('log: { level: loud }\nx: 1\n')).toMatchObject({
    code: 78,
    out: [],
    err: [expect.stringContaining('log.level'), expect.stringContaining('`x`')],
  });
});

it('says that it can not read a file', async () => {
  expect(await validate(undefined)).toEqual({
    code: 1,
    out: [],
    err: ['there is no file b.yaml; check the path, or start from a file in scripts/examples'],
  });
});

it('knows a layout, and does not pretend to check it', async () => {
  expect(await validate('{"tabs": []}')).toEqual({
    code: 1,
    out: [],
    err: ["b.yaml: this is a layout; layouts aren't checked in this version"],
  });
});
