import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { printable } from '../text.js';
import type { Finding } from './finding.js';
import type { Subject } from './subject.js';

const check = 'storage';
const MEGABYTE = 1 << 20;
const SCARCE = 200 * MEGABYTE;
const NONE = 10 * MEGABYTE;

/** What the system says of a folder. */
export interface Folder {
  /** Bytes that are free for its owner. */
  readonly free: number;
  /** The system's code for why nothing can be written there; undefined where it can. */
  readonly problem: string | undefined;
}

/** Whether the bridge can keep what it has to remember: room on the disk, and the right to write there. */
export async function storageCheck(subject: Subject): Promise<Finding[]> {
  const folder = nearestFolder(subject.stateDir);
  const { bavail, bsize } = await statfs(folder);
  return judge({ free: bavail * bsize, problem: writeProblem(folder) }, subject);
}

/** What a folder's state means for the bridge. */
export function judge({ free, problem }: Folder, subject: Subject): Finding[] {
  const shown = printable(subject.stateDir);
  const room = `There are ${Math.floor(free / MEGABYTE)} MB free for the state folder ${shown}`;
  const fix = 'sudo journalctl --vacuum-size=50M && sudo apt clean';
  const space: Finding =
    free >= SCARCE
      ? { check, level: 'ok', text: `${room}.` }
      : { check, level: free < NONE ? 'bad' : 'warn', text: `${room}, which is little.`, fix };
  return problem === undefined ? [space] : [unwritable(problem, shown, subject), space];
}

function unwritable(problem: string, shown: string, { machine, unit, program }: Subject): Finding {
  const { user } = machine.facts;
  if (problem === 'EROFS') {
    const text = `${shown} is on a disk that can only be read; a worn SD card is often mounted so.`;
    return { check, level: 'bad', text, fix: 'sudo dmesg | grep -i -e mmc -e ext4 | tail -n 20' };
  }
  if (unit) {
    const text = `${shown} is the service's, and ${user.name} may not look into it.`;
    return { check, level: 'hint', text, fix: `sudo ${program} doctor` };
  }
  const text = `${user.name} may not write to the state folder ${shown}.`;
  return { check, level: 'bad', text, fix: `sudo install -d -o ${user.name} -m 700 ${shown}` };
}

function nearestFolder(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** The system's code for why nothing can be written to a folder; undefined where it can. */
function writeProblem(folder: string): string | undefined {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}
