import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownFolder } from '../../src/state/own-folder.js';
import { KeptLog } from '../support/mesh-side.js';

const UID = process.getuid?.() ?? 0;
/** Neither root nor, where that is not who runs this, anybody else than the owner of what is made here. */
const OWNER = UID || 1_000;

let folder: string;
let log: KeptLog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carter-own-'));
  log = new KeptLog();
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

it('a state folder is made for its owner only', () => {
  const state = join(folder, 'a', 'state');
  ownFolder(state, UID, log);
  ownFolder(state, UID, log);
  expect(modeOf(state)).toBe(0o700);
  expect(log.lines).toEqual([]);
});

it.each([0o755, 0o777, 0o750])('one that is open to others (%o) is closed, and told of', (mode) => {
  chmodSync(folder, mode);
  ownFolder(folder, UID, log);
  ownFolder(folder, UID, log);
  expect(modeOf(folder)).toBe(0o700);
  expect(log.lines).toEqual([
    expect.stringMatching(/^\[warn\] the state folder was open to other users; it is private now/),
  ]);
});

it('one of somebody else is not used; root is told whose it is', () => {
  const state = join(folder, 'state');
  mkdirSync(state, { mode: 0o700 });
  if (UID === 0) chownSync(state, OWNER, OWNER);
  expect(() => ownFolder(state, OWNER + 1, log)).toThrow(
    expect.objectContaining({ code: 'control/state-owner', message: expect.stringContaining(`number ${OWNER}`) }),
  );
  expect(log.lines).toEqual([]);
  ownFolder(state, 0, log);
  expect(log.lines).toEqual([expect.stringContaining('who can change what the bridge remembers')]);
});

it('what can be no folder, is left to whoever writes there', () => {
  writeFileSync(join(folder, 'file'), '');
  ownFolder(join(folder, 'file', 'state'), UID, log);
  expect(log.lines).toEqual([]);
});

it('one where no folder can be is left to whoever has to write there', () => {
  // Kernel files take none, and say that something is missing.
  ownFolder('/proc/nowhere/state', UID, log);
  expect(log.lines).toEqual([]);
});
