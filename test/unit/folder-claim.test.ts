import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimFolder } from '../../src/state/folder-claim.js';

const UID = process.getuid?.() ?? 0;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carter-claim-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a state folder has one bridge at a time, also where it did not exist', () => {
  const state = join(folder, 'a', 'state');
  const leave = claimFolder(state, UID);
  expect(() => claimFolder(state, UID)).toThrow(
    expect.objectContaining({ code: 'control/in-use', hint: 'stop it, or give this one its own bridge.stateDir' }),
  );
  claimFolder(join(folder, 'b'), UID)();
  leave();
  claimFolder(state, UID)();
});

it('what can not be a folder is claimed by nobody: whoever writes there says so', () => {
  writeFileSync(join(folder, 'file'), '');
  claimFolder(join(folder, 'file', 'state'), UID)();
});

it('whoever can only look into it claims nothing', async () => {
  const state = join(folder, 'state');
  mkdirSync(state);
  const other = spawn('flock', [state, 'sh', '-c', 'echo has it; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(other.stdout, 'data');
  const leave = claimFolder(state, UID);
  expect(() => claimFolder(state, UID)).toThrow(expect.objectContaining({ code: 'control/in-use' }));
  expect(statSync(join(state, 'lock')).mode & 0o777).toBe(0o600);
  leave();
  // A lock that others can open is not one.
  chmodSync(join(state, 'lock'), 0o666);
  const held = spawn('flock', [join(state, 'lock'), 'sh', '-c', 'echo has it; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await once(held.stdout, 'data');
  claimFolder(state, UID)();
  for (const { stdin } of [other, held]) stdin.end();
});
