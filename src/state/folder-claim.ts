import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { BridgeError } from '../error.js';

/** LOCK_EX | LOCK_NB of flock(2). */
const EXCLUSIVE_AT_ONCE = 2 | 4;

/**
 * Claims a state folder for this process, until it ends, however it does, or calls the returned function. Throws
 * `control/in-use` where another has it. Where the system can't tell, nothing is claimed.
 */
export function claimFolder(folder: string): () => void {
  const fd = openFolder(folder);
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

function openFolder(folder: string): number | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
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
