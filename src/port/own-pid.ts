import { readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** The number of this process, as the kernel shows it; undefined where there is no /proc. */
export function ownPid(proc = '/proc'): number | undefined {
  try {
    return Number(readlinkSync(join(proc, 'self')));
  } catch {
    return undefined;
  }
}
