import { chmodSync, statSync } from 'node:fs';
import { BridgeError, describeError } from '../error.js';
import type { Log } from '../log.js';
import { makeFolder } from './make-folder.js';

const ROOT = 0;
const OTHERS = 0o077;

/**
 * Makes a state folder, and closes one that is open to other users than `uid`, with a warning. Throws `control/state-owner` for
 * one of somebody else, who could change what is remembered there.
 */
export function ownFolder(folder: string, uid: number, log: Log): void {
  const stats = made(folder);
  if (!stats) return;
  if (stats.uid !== uid && stats.uid !== ROOT) {
    const message = `the state folder ${folder} belongs to another user (number ${stats.uid})`;
    const hint = 'run the bridge as that user, or give it its own bridge.stateDir';
    if (uid !== ROOT) throw new BridgeError('control/state-owner', message, { hint });
    log.warn({ path: folder }, `${message}, who can change what the bridge remembers; ${hint}`);
  }
  if ((stats.mode & OTHERS) === 0) return;
  try {
    chmodSync(folder, 0o700);
    // Some file systems take a mode and keep their own.
    if ((statSync(folder).mode & OTHERS) !== 0) throw new Error('its disk knows no owners');
    const advice = 'If one of them may have changed something there, approve boards and open the panel anew';
    log.warn({ path: folder }, `the state folder was open to other users; it is private now. ${advice}`);
  } catch (error) {
    log.warn({ path: folder }, `the state folder is open to other users, and stays so: ${describeError(error)}`);
  }
}

function made(folder: string) {
  try {
    makeFolder(folder);
    return statSync(folder);
  } catch {
    // Whoever has to write there says what is wrong with it.
    return undefined;
  }
}
