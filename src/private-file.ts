import { randomBytes } from 'node:crypto';
import { chmodSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeError } from './error.js';
import type { Log } from './log.js';
import { makeFolder } from './state/make-folder.js';

/**
 * Writes a file that only its owner can read, and makes its folder: beside its place and renamed, so that a power cut leaves
 * the whole file or none. Rejects with the system's error.
 */
export async function writePrivate(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  makeFolder(folder);
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const entry = await open(folder, 'r');
  await entry.sync().finally(() => entry.close());
}

/**
 * Makes a file that others than its owner can read private, and says so; `advice`: what to do about who has read it. What is
 * no file, or not there, is left alone. Throws the system's error.
 */
export function makePrivate(path: string, log: Log, advice: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  // A folder without the right to enter it is lost to its owner, and a device such as /dev/null to everybody.
  if (!stats?.isFile() || (stats.mode & 0o077) === 0) return;
  chmodSync(path, 0o600);
  log.warn({ path }, `the file was open to other users; it is private now. ${advice}`);
}

/** Writes a file that only its owner can read, where there is none yet: another one stays. Rejects with the system's error. */
export async function createPrivate(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    // The mask of this process may take even more away.
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** The same where the file is needed all the same: what the system says against it is a warning. */
export function closeToOthers(path: string, log: Log, advice: string): void {
  try {
    makePrivate(path, log, advice);
  } catch (error) {
    log.warn({ path }, `the file may be open to other users, and stays so: ${describeError(error)}`);
  }
}
