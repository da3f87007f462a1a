import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimFolder } from '../../src/state/folder-claim.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carter-claim-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a state folder has one bridge at a time, also where it did not exist', () => {
  const state = join(folder, 'a', 'state');
  const leave = claimFolder(state);
  expect(() => claimFolder(state)).toThrow(
    expect.objectContaining({ code: 'control/in-use', hint: 'stop it, or give this one its own bridge.stateDir' }),
  );
  claimFolder(join(folder, 'b'))();
  leave();
  claimFolder(state)();
});

it('what can not be a folder is claimed by nobody: whoever writes there says so', () => {
  writeFileSync(join(folder, 'file'), '');
  claimFolder(join(folder, 'file', 'state'))();
});
