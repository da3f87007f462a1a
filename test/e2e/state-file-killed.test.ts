import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../scripts/state-kills.mjs');

it('a state file is whole after each of 40 kills of its writer', { timeout: 90_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, '40']);
  expect(stdout).toMatch(/^40 kills in \d+ writes: the file was whole each time/);
});
