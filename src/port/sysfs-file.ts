import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, sleep } from '../clock.js';
import { errnoOf } from './pin-fault.js';
import type { SystemRoots } from './system-roots.js';

/** udev gives the files of a fresh export to their group only after the kernel made them. */
const SETTLE_MS = 2_000;
const LOOK_MS = 20;

/** What waiting for a file needs. */
export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What files of the kernel are used with. */
export interface SysfsAccess extends Patience {
  readonly roots: SystemRoots;
  /** Writes to a file of the kernel. */
  readonly write: typeof overwrite;
}

/** Writes to a file of the kernel, which must be there already. */
export function overwrite(path: string, text: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_TRUNC);
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

/** Waits until the files of a folder are there and may be read and written; rejects with the kernel's word after 2 s. */
export async function allowed(folder: string, files: readonly string[], patience: Patience): Promise<void> {
  await patiently(patience, ['EACCES', 'ENOENT'], async () => {
    await Promise.all(files.map((file) => access(join(folder, file), constants.R_OK | constants.W_OK)));
  });
}

/** Tries again, for 2 s, what fails with one of these words of the kernel. */
export async function patiently(
  { clock, signal }: Patience,
  words: readonly string[],
  attempt: () => Promise<void>,
): Promise<void> {
  const end = clock.now() + SETTLE_MS;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!words.includes(errnoOf(error) ?? '') || clock.now() >= end) throw error;
      await sleep(clock, LOOK_MS, signal);
    }
  }
}
