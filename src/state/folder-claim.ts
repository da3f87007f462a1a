import { closeSync, constants, lstatSync, openSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BridgeError } from '../error.js';
import { makeFolder } from './make-folder.js';

/** LOCK_EX | LOCK_NB of flock(2). */
const EXCLUSIVE_AT_ONCE = 2 | 4;

const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;

/**
 * Claims a state folder for this process, of the user `uid`, until it ends, however it does, or calls the returned function.
 * Throws `control/in-use` where another has it. Where the system can't tell, nothing is claimed.
 */
export function claimFolder(folder: string, uid: number): () => void {
  const fd = openLock(folder, uid) ?? openFolder(folder);
  if (fd === undefined) return () => {};
  if (isLockedByAnother(fd)) {
    closeSync(fd);
    throw inUse(folder);
  }
  return () => closeSync(fd);
}

/** Another bridge has this state folder. */
export function inUse(folder: string): BridgeError {
  const hint = 'stop it, or give this one its own bridge.stateDir';
  return new BridgeError('control/in-use', `another bridge runs with the state folder ${folder}`, { hint });
}

/** What may only be read can be locked too, so it has to be a file that nobody else can open. */
function openLock(folder: string, uid: number): number | undefined {
  const path = join(folder, 'lock');
  try {
    makeFolder(folder);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found && (found.uid !== uid || (found.mode & 0o077) !== 0)) rmSync(path);
    return openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  } catch {
    return undefined;
  }
}

/** On a disk that takes no file the folder itself has to do. */
function openFolder(folder: string): number | undefined {
  try {
    return openSync(folder, 'r');
  } catch {
    // Whoever has to write there says what is wrong with it.
    return undefined;
  }
}

function isLockedByAnother(fd: number): boolean {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const flock = koffi.load(null).func('int flock(int fd, int operation)');
    return flock(fd, EXCLUSIVE_AT_ONCE) !== 0 && koffi.errno() === koffi.os.errno['EAGAIN'];
  } catch {
    // Native code can't be loaded here; the control socket keeps most others out.
    return false;
  }
}
